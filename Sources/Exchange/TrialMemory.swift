import Records

/// What the batches of a trial that are over would have left behind: each of them is undone, and rows of later ones must
/// count as if its records were there.
///
/// Only hashes are kept, some dozen bytes for each value.
struct TrialMemory: Sendable {
    /// So many hashes of each sort are kept, at most.
    private static let most = 10_000_000

    /// What finds the records (match fields, ids of another system), and what the rows said that wrote them last.
    var records: [Int: Int] = [:]
    /// Values of which there may be only one, and which record has them.
    var unique: [Int: Int] = [:]
    /// How many records have a name.
    var names: [Int: Int] = [:]

    /// The highest running numbers of the whole file, in an import as in a trial.
    var numbers = HighestNumbers()

    /// Adds what one more batch would have left behind.
    mutating func add(_ batch: TrialMemory) {
        if records.count < TrialMemory.most { records.merge(batch.records) { $1 } }
        if unique.count < TrialMemory.most { unique.merge(batch.unique) { $1 } }
        if names.count < TrialMemory.most { names.merge(batch.names, uniquingKeysWith: +) }
    }
}
