extension ObjectHooks {
    /// Runs around the way of a record into the recycle bin, out of it, or out of the world. What it throws undoes
    /// that way.
    public typealias AtDeletion = @Sendable (AnyRecord, WriteSession) throws -> Void

    /// The moments around deletion.
    enum Deletion: Hashable, Sendable {
        case beforeDelete, afterDelete, afterRestore, afterPurge, afterMerge, afterUnmerge
    }

    func run(_ moment: Deletion, _ record: AnyRecord, _ session: WriteSession) throws {
        for hook in deletion[moment] ?? [] { try hook.run(record, session) }
    }

    private func adding(_ moment: Deletion, _ name: String, _ run: @escaping AtDeletion) -> ObjectHooks {
        var copy = self
        copy.deletion[moment, default: []].append((name, run))
        return copy
    }

    /// Adds a hook before a record goes to the recycle bin: it may refuse by throwing.
    public func beforeDelete(_ name: String, _ run: @escaping AtDeletion) -> ObjectHooks {
        adding(.beforeDelete, name, run)
    }

    /// Adds a hook after a record went to the recycle bin.
    public func afterDelete(_ name: String, _ run: @escaping AtDeletion) -> ObjectHooks {
        adding(.afterDelete, name, run)
    }

    /// Adds a hook after a record came back from the recycle bin.
    public func afterRestore(_ name: String, _ run: @escaping AtDeletion) -> ObjectHooks {
        adding(.afterRestore, name, run)
    }

    /// Adds a hook after a record was deleted for ever: its row is gone.
    public func afterPurge(_ name: String, _ run: @escaping AtDeletion) -> ObjectHooks {
        adding(.afterPurge, name, run)
    }

    /// Adds a hook after others were merged into a record: what follows from what belongs to it is brought in line.
    public func afterMerge(_ name: String, _ run: @escaping AtDeletion) -> ObjectHooks {
        adding(.afterMerge, name, run)
    }

    /// Adds a hook after a merge into a record was taken back.
    public func afterUnmerge(_ name: String, _ run: @escaping AtDeletion) -> ObjectHooks {
        adding(.afterUnmerge, name, run)
    }
}

extension Hooks {
    /// Runs around deletion with the Swift types of the object.
    public typealias AtDeletion = @Sendable (Record<Object>, WriteSession) throws -> Void

    private func adding(_ add: (ObjectHooks) -> ObjectHooks) -> Hooks { Hooks(add(untyped)) }

    /// Adds a hook before a record goes to the recycle bin: it may refuse by throwing.
    public func beforeDelete(_ name: String, _ run: @escaping AtDeletion) -> Hooks {
        adding { $0.beforeDelete(name) { try run(Record($0), $1) } }
    }

    /// Adds a hook after a record went to the recycle bin.
    public func afterDelete(_ name: String, _ run: @escaping AtDeletion) -> Hooks {
        adding { $0.afterDelete(name) { try run(Record($0), $1) } }
    }

    /// Adds a hook after a record came back from the recycle bin.
    public func afterRestore(_ name: String, _ run: @escaping AtDeletion) -> Hooks {
        adding { $0.afterRestore(name) { try run(Record($0), $1) } }
    }

    /// Adds a hook after a record was deleted for ever: its row is gone.
    public func afterPurge(_ name: String, _ run: @escaping AtDeletion) -> Hooks {
        adding { $0.afterPurge(name) { try run(Record($0), $1) } }
    }
}
