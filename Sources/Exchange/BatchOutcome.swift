import Values

/// What a batch came to.
struct BatchOutcome: Sendable {
    var status: ImportStatus
    /// How many of the rows it took, from the first on.
    var taken = 0
    /// What it would leave behind in a trial.
    var made = TrialMemory()
    /// Rows that are likely the same as a record.
    var likely: [LikelyRow] = []
}

/// Leaves the transaction of a dry run, so that all of it is undone.
struct DryRunEnd: Error {
    let outcome: BatchOutcome
}

/// What became of a row.
enum RowResult {
    /// With the values by which rows below may find it.
    case created(RecordID, Int64, [SQLValue]?)
    case updated(RecordID, Int64, [JSONValue.Member])
    case skipped
    /// In a trial: the record of an earlier batch, which is there no more, would have been changed.
    case updatedEarlier

    /// The record that the row made or changed.
    var record: RecordID? {
        switch self {
        case .created(let id, _, _), .updated(let id, _, _): id
        case .skipped, .updatedEarlier: nil
        }
    }
}
