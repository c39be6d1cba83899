import Testing

@testable import Upstream

@Suite("Idle connections")
struct IdleConnectionsTests {
    private final class Member: IdleMember {
        let idleSince: Int64
        private(set) var looks = 0
        private var waits = true

        init(since: Int64) {
            self.idleSince = since
        }

        var isIdle: Bool {
            self.looks += 1
            return self.waits
        }

        func close() { self.waits = false }
    }

    @Test("The last one used is the first one used again")
    func order() {
        var idle = IdleConnections<Member>()
        let members = (0..<3).map { Member(since: Int64($0)) }
        for member in members { idle.push(member) }
        #expect(idle.count == 3)
        #expect(idle.pop(notBefore: 0) === members[2])
        #expect(idle.pop(notBefore: 0) === members[1])
        #expect(idle.pop(notBefore: 1) == nil)
        #expect(idle.count == 1)
    }

    @Test("One that closed while it waited is passed over")
    func closed() {
        var idle = IdleConnections<Member>()
        let members = (0..<4).map { Member(since: Int64($0)) }
        for member in members { idle.push(member) }
        for index in [1, 3] {
            members[index].close()
            idle.lost()
        }
        #expect(idle.count == 2)
        #expect(idle.pop(notBefore: 0) === members[2])
        #expect(idle.pop(notBefore: 0) === members[0])
        #expect(idle.pop(notBefore: 0) == nil)
        #expect(idle.count == 0)
    }

    @Test("The old ones are taken out, the longest waiting first")
    func expiry() {
        var idle = IdleConnections<Member>()
        let members = (0..<6).map { Member(since: Int64($0)) }
        for member in members { idle.push(member) }
        members[1].close()
        idle.lost()
        #expect(idle.takeExpired(before: 3).map(\.idleSince) == [0, 2])
        #expect(idle.count == 3)
        #expect(idle.takeExpired(before: 3).isEmpty)
        #expect(idle.takeExpired(before: .max).map(\.idleSince) == [3, 4, 5])
        #expect(idle.count == 0)
    }

    @Test("The work grows with the number of connections, not with its square")
    func effort() {
        var random = SplitMix64(seed: 5)
        var idle = IdleConnections<Member>()
        let members = (0..<10_000).map { Member(since: Int64($0)) }
        for member in members { idle.push(member) }
        for member in members.shuffled(using: &random).prefix(9_000) {
            member.close()
            idle.lost()
        }
        var left = 0
        while idle.pop(notBefore: 0) != nil { left += 1 }
        #expect(left == 1_000)
        #expect(members.reduce(0) { $0 + $1.looks } < 60_000)
    }
}
