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
    }

    static let tables = [
        """
        CREATE TABLE IF NOT EXISTS sys_stage_history (record INTEGER NOT NULL, seq INTEGER NOT NULL,
            object TEXT NOT NULL, pipeline TEXT NOT NULL, stage TEXT NOT NULL, entered_at INTEGER NOT NULL,
            entered_by INTEGER, left_at INTEGER, left_by INTEGER, PRIMARY KEY (record, seq))
        """
    ]

    /// All stays of an opportunity in order. Throws `notFound` when the actor may not read it.
    public static func of(_ opportunity: RecordID, _ session: ReadSession) throws -> [Visit] {
        guard let object = session.schema.object(Opportunity.key), let stage = object.field("stage") else { return [] }
        _ = try session.find(object, opportunity)
        guard session.right(on: stage, of: object) != .hidden else { return [] }
        return try session.connection.rows(
            """
            SELECT pipeline, stage, entered_at, entered_by, left_at, left_by FROM sys_stage_history
            WHERE record = \(opportunity) ORDER BY seq
            """
        ).map { row in
            Visit(
                pipeline: row.text(0),
                stage: row.text(1),
                enteredAt: Instant(milliseconds: row.integer(2)),
                enteredBy: row.id(3),
                leftAt: row[4].integer.map { Instant(milliseconds: $0) },
                leftBy: row.id(5)
            )
        }
    }

    /// The stage in which an opportunity was at a past moment; nil before it was made.
    public static func stage(of opportunity: RecordID, at moment: Instant, _ session: ReadSession) throws -> Visit? {
        try of(opportunity, session).last { $0.enteredAt <= moment }
    }

    /// Ends the present stay and begins the next one.
    static func enter(_ opportunity: Record<Opportunity>, by session: WriteSession) throws {
        let at = opportunity.stageChangedAt ?? session.now
        try session.connection.run(
            """
            UPDATE sys_stage_history SET left_at = \(at), left_by = \(session.actor.userID)
            WHERE record = \(opportunity.id) AND left_at IS NULL
            """
        )
        try session.connection.run(
            """
            INSERT INTO sys_stage_history (record, seq, object, pipeline, stage, entered_at, entered_by)
            VALUES (\(opportunity.id), (SELECT coalesce(max(seq), 0) + 1 FROM sys_stage_history
                WHERE record = \(opportunity.id)), \(Opportunity.key), \(opportunity.pipeline ?? ""),
                \(opportunity.stage ?? ""), \(at), \(session.actor.userID))
            """
        )
    }

    /// Forgets the stays of an opportunity that is deleted for ever.
    static func forget(_ opportunity: RecordID, _ session: WriteSession) throws {
        try session.connection.run("DELETE FROM sys_stage_history WHERE record = \(opportunity)")
    }
}
