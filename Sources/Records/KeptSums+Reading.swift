import Expressions
import Identity
import Schema
import Values

extension ReadSession {
    /// The groups from the sums that are kept, where what is asked for is kept: no filter or one owner, and nothing
    /// that the actor's rights hide. Nil otherwise.
    func keptGroups(
        _ object: ObjectDefinition,
        by keys: [String],
        sum: String?,
        _ query: ListQuery
    ) throws -> [RecordGroup]? {
        guard
            let kept = object.keptSums.first(where: { $0.by == keys && (sum == nil || $0.sum == sum) }),
            let owners = try keptOwners(object, query)
        else { return nil }
        for key in keys + [sum].compactMap(\.self) {
            guard let field = object.field(key), access.right(on: field, of: object) != .hidden,
                !actor.rights.differs(object.key, key)
            else { return nil }
        }
        try (self as? WriteSession)?.finish()
        let groups = try KeptSums.groups(kept, of: object, owner: owners.one, on: connection)
        return sum == nil ? groups?.map { RecordGroup(values: $0.values, count: $0.count, sum: 0) } : groups
    }

    /// How many records a list has in all, where that is kept.
    func keptCount(_ object: ObjectDefinition, _ query: ListQuery) throws -> Int64? {
        guard let owners = try keptOwners(object, query) else { return nil }
        try (self as? WriteSession)?.finish()
        let groups = try KeptSums.groups(KeptSum(by: []), of: object, owner: owners.one, on: connection)
        return groups?.reduce(0) { $0 + $1.count }
    }

    /// Whose records a query is about; `one` is nil for everybody's. Nil when it cannot be told by owner alone.
    private func keptOwners(_ object: ObjectDefinition, _ query: ListQuery) throws -> (one: Int64?, Void)? {
        guard !query.deleted, (query.search ?? "").allSatisfy(\.isWhitespace) else { return nil }
        let scope = access.scope(.read, on: object.key)
        let text = query.filter ?? ""
        if text.allSatisfy(\.isWhitespace) { return scope == .all ? (nil, ()) : nil }
        guard !actor.rights.differs(object.key, "owner"), let owner = try? ownerAsked(text),
            try check(text, on: object).type == .boolean
        else { return nil }
        guard scope == .all || (scope != .none && owner == actor.userID) else { return nil }
        return (owner.raw, ())
    }

    /// The owner of `owner = "…"` or `owner = me`; nil for any other filter.
    private func ownerAsked(_ text: String) throws -> RecordID? {
        guard text.utf8.count < 40,
            case .comparison(.equal, .path(let path, _), let value, _) = try ExpressionParser.parse(text),
            path.map(\.text) == ["owner"]
        else { return nil }
        switch value {
        case .text(let id, _): return RecordID(id)
        case .word(.me, _): return actor.userID
        default: return nil
        }
    }
}
