import Values

/// What a batch came to.
struct BatchOutcome: Sendable {
    var status: ImportStatus
    /// How many of the rows it took, from the first on.
    var taken = 0
    /// Match keys of records that a dry run would have made: later rows find them.
    var made: Set<Int> = []
    /// Rows that are likely the same as a record.
    var likely: [LikelyRow] = []
}

/// Leaves the transaction of a dry run, so that all of it is undone.
struct DryRunEnd: Error {
    let outcome: BatchOutcome
}
