import NIOEmbedded
import Testing

@testable import Upstream

@Suite("Host budget")
struct HostBudgetTests {
    private func transfers(_ count: Int) throws -> [Transfer] {
        let port = try #require(DriverPort(eventLoop: EmbeddedEventLoop()))
        return (0..<count).map { _ in
            Transfer(request: UpstreamRequest(url: "http://h/", delivery: .whole), port: port)
        }
    }

    @Test("First come, first served")
    func order() throws {
        let all = try self.transfers(4)
        let budget = HostBudget(connections: 2)
        #expect(all.map { budget.acquire(for: $0) } == [true, true, false, false])
        #expect(budget.release() === all[2])
        #expect(budget.release() === all[3])
        #expect(budget.release() == nil)
        #expect(budget.release() == nil)
        let more = try self.transfers(3)
        #expect(more.map { budget.acquire(for: $0) } == [true, true, false])
    }

    @Test("Who gives up is not granted a place; who was granted one cannot withdraw")
    func withdraw() throws {
        let all = try self.transfers(3)
        let budget = HostBudget(connections: 1)
        for transfer in all { _ = budget.acquire(for: transfer) }
        #expect(budget.withdraw(all[1]))
        #expect(!budget.withdraw(all[1]))
        #expect(budget.release() === all[2])
        #expect(!budget.withdraw(all[2]))
    }

    @Test("HTTP/2 widens it once and lets waiting ones in")
    func widen() throws {
        let all = try self.transfers(10)
        let budget = HostBudget(connections: 2)
        for transfer in all { _ = budget.acquire(for: transfer) }
        #expect(budget.widen(streamsPerConnection: 3).count == 4)
        #expect(budget.widen(streamsPerConnection: 3).isEmpty)
        #expect(budget.release() === all[6])
        #expect(HostBudget(connections: .max).widen(streamsPerConnection: 8).isEmpty)
    }

    @Test("A limit below one is one")
    func minimum() throws {
        let all = try self.transfers(2)
        let budget = HostBudget(connections: -3)
        #expect(all.map { budget.acquire(for: $0) } == [true, false])
    }
}
