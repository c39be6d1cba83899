import NIOCore
import Testing

@testable import Gateway
@testable import Limits

@Suite("Leases of running requests")
struct LeaseBookTests {
    private typealias Make = LimitFixtures

    private func at(_ seconds: UInt64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000_000 + seconds * 1_000_000_000)
    }

    private func numbers(_ reservations: [Reservation]) -> Set<UInt64> { Set(reservations.map(\.id.low)) }

    @Test("a lease is looked at twice in each fifth of its length")
    func interval() {
        #expect(LeaseBook(leaseMilliseconds: 30_000).interval == .seconds(3))
        #expect(LeaseBook(leaseMilliseconds: 1).interval == .nanoseconds(1))
    }

    @Test("a lease is due when a fifth of it has passed, and stays due until it was extended")
    func due() throws {
        var book = LeaseBook(leaseMilliseconds: 30_000)
        book.add(try Make.meter(reservation: 1), now: at(0))
        book.add(try Make.meter(reservation: 2), now: at(4))
        #expect(book.count == 2)
        #expect(numbers(book.due(now: at(5))).isEmpty)
        #expect(numbers(book.due(now: at(6))) == [1])
        // The renewal failed.
        #expect(numbers(book.due(now: at(9))) == [1])
        book.renewed(book.due(now: at(9)), at: at(9))
        #expect(numbers(book.due(now: at(9))).isEmpty)
        #expect(numbers(book.due(now: at(10))) == [2])
        #expect(numbers(book.due(now: at(14))) == [2])
        #expect(numbers(book.due(now: at(15))) == [1, 2])
        #expect(book.count == 2)
    }

    @Test("a renewal that comes back after its request was settled brings nothing back")
    func lateRenewal() throws {
        var book = LeaseBook(leaseMilliseconds: 30_000)
        let meter = try Make.meter(reservation: 1)
        book.add(meter, now: at(0))
        let due = book.due(now: at(6))
        book.remove(meter)
        book.renewed(due, at: at(7))
        #expect(book.count == 0)
        #expect(book.due(now: at(60)).isEmpty)
    }

    @Test("a settled request's lease is left alone")
    func removal() throws {
        var book = LeaseBook(leaseMilliseconds: 30_000)
        let settled = try Make.meter(reservation: 1)
        book.add(settled, now: at(0))
        book.add(try Make.meter(reservation: 2), now: at(0))
        book.remove(settled)
        book.remove(settled)
        #expect(book.count == 1)
        #expect(numbers(book.due(now: at(60))) == [2])
    }

    @Test("a request without limits has no lease")
    func unlimited() throws {
        var book = LeaseBook(leaseMilliseconds: 30_000)
        let meter = try Make.meter()
        book.add(meter, now: at(0))
        book.remove(meter)
        #expect(book.count == 0)
        #expect(book.due(now: at(60)).isEmpty)
    }
}
