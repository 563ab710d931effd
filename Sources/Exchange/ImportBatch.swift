import Database
import FieldKinds
import Identity
import Records
import SQLText
import Schema
import Values

/// One batch of rows in one transaction: what is wrong with a row undoes that row alone. It takes as many of the rows as
/// it has time for.
struct ImportBatch: Sendable {
    let rows: WaitingRows
    let plan: ImportPlan
    let status: ImportStatus
    let headers: [String]
    let errors: ErrorsFile
    /// What earlier batches of a trial would have left behind.
    let madeBefore: TrialMemory
    let manner: Manner
    let maps: MatchMaps

    /// How rows are written.
    enum Manner {
        /// As many as there is time for, in the order of the file.
        case quick
        /// The same, each with a savepoint of its own.
        case careful
        /// All of them, in the order of these places; they are given up when somebody else comes to write.
        case ordered([Int])
    }

    /// The places of the rows that are to be written, in their order; nil for all as they stand.
    var places: [Int]? {
        if case .ordered(let places) = manner { places } else { nil }
    }

    /// Writes the rows, the errors and the checkpoint.
    func run(_ session: WriteSession) throws -> BatchOutcome {
        session.style.lenient = true
        // Rows are compared with those above them only when their keys are there at once.
        session.leavesTrail = status.mapping.duplicates == nil
        session.auditsBriefly = true
        try session.goOn(behind: madeBefore.numbers, of: plan.object)
        var work = try BatchWork(batch: self, session: session)
        work.erased = try ErasedRows(of: status.id, session.connection)
        let taken = try work.take(Pace(atMost: Pace.usual, on: session.connection))
        // All rows up to this one of the file have been written, in whatever order.
        let last = taken == 0 ? nil : rows[taken - 1]
        var outcome = BatchOutcome(status: status, taken: taken, likely: work.likely)
        if let trial = work.trial { outcome.made = trial.memory }
        outcome.status.state = .running
        outcome.status.counts = work.counts
        outcome.status.rows = Int64(last?.number ?? Int(status.rows))
        outcome.status.offset = last?.end ?? status.offset
        outcome.status.errorBytes = try errors.append(
            work.failures.sorted { $0.row.number < $1.row.number },
            after: status.errorBytes,
            headers: headers,
            language: session.actor.language
        )
        if status.isDryRun { throw DryRunEnd(outcome: outcome) }
        try LikelyRows.keep(work.likely, of: status.id, on: session.connection)
        try UndoTables.remember(work.touched, of: status.id, on: session.connection)
        try ForeignRecords.keep(work.became, of: plan.object.key, session.connection)
        guard try ImportTables.checkpoint(outcome.status, from: status.rows, on: session.connection) else {
            throw ImportBatch.movedOn
        }
        return outcome
    }

    /// Another process works on the same import, or somebody has cancelled it.
    static let movedOn = Problem(
        .conflict,
        "import_moved_on",
        Label("This import was cancelled or is run elsewhere.", zh: "该导入已被取消，或正在别处运行。")
    )
}
