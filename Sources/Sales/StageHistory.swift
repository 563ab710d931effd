import Database
import Identity
public import Records
import SQLText
import Schema
public import Values

/// Which stages an opportunity went through: when it came, when it left, and who moved it.
public enum StageHistory {
    /// One stay in a stage.
    public struct Visit: Sendable, Equatable {
        /// The pipeline.
        public let pipeline: String
        /// The stage.
        public let stage: String
        /// When it came in.
        public let enteredAt: Instant
        /// Who moved it in; nil for the system.
        public let enteredBy: RecordID?
        /// When it left; nil while it is there.
        public let leftAt: Instant?
        /// Who moved it on.
        public let leftBy: RecordID?
        /// The opportunity that was there: another one where that has been merged into this.
        public let record: RecordID
    }

    static let tables = [
        """
        CREATE TABLE IF NOT EXISTS sys_stage_history (record INTEGER NOT NULL, seq INTEGER NOT NULL,
            object TEXT NOT NULL, pipeline TEXT NOT NULL, stage TEXT NOT NULL, entered_at INTEGER NOT NULL,
            entered_by INTEGER, left_at INTEGER, left_by INTEGER, PRIMARY KEY (record, seq))
        """
    ]

    /// All stays of an opportunity in order, with those of what was merged into it until then. Throws `notFound` when the actor may not read it.
    public static func of(_ opportunity: RecordID, _ session: ReadSession) throws -> [Visit] {
        guard let object = session.schema.object(Opportunity.key), let stage = object.field("stage") else { return [] }
        _ = try session.find(object, opportunity)
        guard session.right(on: stage, of: object) != .hidden else { return [] }
        let merged = try session.mergedRecords(of: object, opportunity)
        let ids = ([opportunity] + merged.map(\.id)).map { SQLValue.integer($0.raw) }
        return try session.connection.rows(
            """
            SELECT pipeline, stage, entered_at, entered_by, left_at, left_by, record FROM sys_stage_history
            WHERE record IN \(list: ids) ORDER BY entered_at, record, seq
            """
        ).map { row in
            // What went into another record left its last stage with that.
            let end = row.id(6).flatMap { id in merged.first { $0.id == id }?.at }
            return Visit(
                pipeline: row.text(0),
                stage: row.text(1),
                enteredAt: Instant(milliseconds: row.integer(2)),
                enteredBy: row.id(3),
                leftAt: row[4].integer.map { Instant(milliseconds: $0) } ?? end,
                leftBy: row.id(5),
                record: row.id(6) ?? opportunity
            )
        }
    }

    /// The stage in which an opportunity was at a past moment; nil before it was made.
    public static func stage(of opportunity: RecordID, at moment: Instant, _ session: ReadSession) throws -> Visit? {
        try of(opportunity, session).last { $0.enteredAt <= moment && $0.record == opportunity }
    }

    /// Ends the present stay and begins the next one.
    static func enter(_ opportunity: Record<Opportunity>, isNew: Bool, by session: WriteSession) throws {
        let at = opportunity.stageChangedAt ?? session.now
        // The stay of one that was brought from elsewhere began there. Who moved it is known only where it has been in
        // that stage since it was made.
        let mover: SQLValue =
            if !isNew || at >= session.now {
                SQLValue(session.actor.userID)
            } else if opportunity.row["created_at"].integer == at.milliseconds {
                opportunity.row["created_by"]
            } else {
                .null
            }
        try session.connection.run(
            """
            UPDATE sys_stage_history SET left_at = CASE WHEN entered_at > \(at) THEN entered_at ELSE \(at) END, left_by = \(session.actor.userID)
            WHERE record = \(opportunity.id) AND left_at IS NULL
            """
        )
        try session.connection.run(
            """
            INSERT INTO sys_stage_history (record, seq, object, pipeline, stage, entered_at, entered_by)
            VALUES (\(opportunity.id), (SELECT coalesce(max(seq), 0) + 1 FROM sys_stage_history
                WHERE record = \(opportunity.id)), \(Opportunity.key), \(opportunity.pipeline ?? ""),
                \(opportunity.stage ?? ""), \(at), \(mover))
            """
        )
    }

    /// After a merge was taken back: where that had changed the stage, the stay that it began is as if it had not been.
    static func goBack(_ record: AnyRecord, _ session: WriteSession) throws {
        let rows = try session.connection.rows(
            """
            SELECT seq, pipeline, stage, left_at FROM sys_stage_history WHERE record = \(record.id)
            ORDER BY seq DESC LIMIT 2
            """
        )
        guard rows.count == 2, rows[0][3].isNull, rows[0].text(2) != record["stage"].text ?? "",
            rows[1].text(2) == record["stage"].text, rows[1].text(1) == record["pipeline"].text ?? ""
        else { return }
        try session.connection.run(
            "DELETE FROM sys_stage_history WHERE record = \(record.id) AND seq = \(rows[0].integer(0))"
        )
        try session.connection.run(
            """
            UPDATE sys_stage_history SET left_at = NULL, left_by = NULL WHERE record = \(record.id)
            AND seq = \(rows[1].integer(0))
            """
        )
    }

    /// Forgets the stays of an opportunity that is deleted for ever.
    static func forget(_ opportunity: RecordID, _ session: WriteSession) throws {
        try session.connection.run("DELETE FROM sys_stage_history WHERE record = \(opportunity)")
    }
}
