package import Storage

extension UsageRowFilter {
    /// What an index finds rows by. Every index continues with time and id, so that a page is read in its order and
    /// reading stops when it is full.
    private enum Lead {
        case key, user, tenant, status, provider, time
    }

    /// Whether no row can be meant: another tenant's are not there for the asker.
    var isEmpty: Bool {
        if let from, let to, from >= to { return true }
        guard case .tenant(let own) = scope, let tenant else { return false }
        return own != tenant
    }

    /// The tenant whose rows are meant, if it is one.
    private var onlyTenant: String? {
        if case .tenant(let own) = scope { own } else { tenant }
    }

    private var onlyStatus: Int? {
        if case .exactly(let status) = status { status } else { nil }
    }

    /// The narrowest first. A range of statuses is no lead: its rows are not in the order of time.
    private var lead: Lead {
        if key != nil { return .key }
        if user != nil { return .user }
        if onlyTenant != nil { return .tenant }
        if onlyStatus != nil { return .status }
        return provider != nil ? .provider : .time
    }

    /// `WHERE …`. The engines cannot know which of several conditions is rare, and a wrong guess reads the whole table;
    /// so one condition leads, and the others are written as expressions that no index has.
    func condition(_ order: UsageRowOrder, after cursor: PageCursor?) -> SQLStatement {
        let lead = lead
        var condition: SQLStatement = "WHERE 1 = 1"
        if let key { condition.append(" AND key_id = \(key)") }
        if let user { condition.append(lead == .user ? " AND user_id = \(user)" : " AND user_id || '' = \(user)") }
        if let tenant = onlyTenant {
            condition.append(lead == .tenant ? " AND tenant = \(tenant)" : " AND tenant || '' = \(tenant)")
        }
        if let provider {
            condition.append(lead == .provider ? " AND provider = \(provider)" : " AND provider || '' = \(provider)")
        }
        switch status {
        case nil: break
        case .exactly(let status):
            condition.append(lead == .status ? " AND status = \(status)" : " AND status + 0 = \(status)")
        case .within(let range):
            condition.append(" AND status + 0 >= \(range.lowerBound) AND status + 0 < \(range.upperBound)")
        }
        condition.append(bounds(order, after: cursor))
        return condition
    }

    /// Of a cursor and a bound on the same side only the tighter one, because an index uses but one.
    private func bounds(_ order: UsageRowOrder, after cursor: PageCursor?) -> SQLStatement {
        var (from, to) = (from, to)
        var bounds: SQLStatement = ""
        if let cursor, let id = UUIDv7(cursor.id) {
            let time = cursor.createdAt
            switch order {
            case .oldestFirst where time >= from ?? time:
                bounds.append(" AND (time, id) > (\(time), \(id))")
                from = nil
            case .newestFirst where time < to ?? time.adding(milliseconds: 1):
                bounds.append(" AND (time, id) < (\(time), \(id))")
                to = nil
            case .oldestFirst, .newestFirst: break
            }
        }
        if let from { bounds.append(" AND time >= \(from)") }
        if let to { bounds.append(" AND time < \(to)") }
        return bounds
    }
}

extension UUIDv7: SQLConvertible {
    package var sqlValue: SQLValue { .bytes(bytes) }
}
