public import Schema
public import Values

/// Which of the reasons of an announcement somebody may hear: nothing for who may know of none.
public typealias Hearing = @Sendable (_ reasons: [String], ReadSession) -> [String]

extension WriteSession {
    /// Tells webhooks of a record what is no change of it, such as a warning, with its reasons as keys. Who may hear of
    /// it the feature says in its `Module.hearings`; open pages are not told.
    public func announce(_ action: String, of object: ObjectDefinition, _ id: RecordID, _ reasons: [String]) {
        event(action, object, id, reasons)
    }
}

extension RecordEngine {
    /// The reasons of an announcement that the session's actor may hear.
    public func heard(_ action: String, _ reasons: [String], _ session: ReadSession) -> [String] {
        hearings[action]?(reasons, session) ?? []
    }
}
