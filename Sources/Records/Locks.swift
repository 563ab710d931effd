import Schema

extension ObjectHooks {
    /// Names the fields of a stored record that follow from other records, so that forms show them without asking.
    public typealias Lock = @Sendable (AnyRecord, ReadSession) throws -> Set<String>

    /// Adds fields that cannot be written while something holds. That they are not written is for a `validate` to say.
    public func locks(_ name: String, _ run: @escaping Lock) -> ObjectHooks {
        var copy = self
        copy.locks.append((name, run))
        return copy
    }
}

extension Hooks {
    /// Adds fields that cannot be written while something holds. That they are not written is for a `validate` to say.
    public func locks(
        _ name: String,
        _ run: @escaping @Sendable (Record<Object>, ReadSession) throws -> Set<String>
    ) -> Hooks {
        Hooks(untyped.locks(name) { try run(Record($0), $1) })
    }
}

extension RecordEngine {
    /// The keys of the fields of a record that follow from other records at present.
    public func lockedFields(of record: AnyRecord, _ session: ReadSession) throws -> Set<String> {
        try (hooks[record.shape.object.key]?.locks ?? []).reduce(into: []) { $0.formUnion(try $1.run(record, session)) }
    }
}
