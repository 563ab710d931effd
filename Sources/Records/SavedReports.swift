import Database
import Identity
import SQLText
import Schema
public import Values

/// A report or a dashboard that somebody keeps under a name.
public struct SavedReport: Sendable, Equatable {
    /// What it is.
    public enum Kind: String, Sendable {
        /// One report: what is counted, by what, drawn how.
        case report
        /// Several reports on one page.
        case dashboard
    }

    /// Its number; 0 for a new one.
    public var id: RecordID
    /// What it is.
    public var kind: Kind
    /// Who made it.
    public var owner: RecordID
    /// What people see.
    public var name: String
    /// Who sees it; the figures are always those of whoever looks.
    public var sharing: SavedView.Sharing
    /// What it shows, as JSON of the pages.
    public var body: String

    /// A report or a dashboard under a name.
    public init(
        id: RecordID = RecordID(0),
        _ kind: Kind,
        owner: RecordID = RecordID(0),
        name: String,
        sharing: SavedView.Sharing = .own,
        body: String
    ) {
        self.id = id
        self.kind = kind
        self.owner = owner
        self.name = name
        self.sharing = sharing
        self.body = body
    }
}

enum SavedReportTables {
    static let statements = [
        """
        CREATE TABLE IF NOT EXISTS sys_report (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner INTEGER NOT NULL,
            team_id INTEGER, sharing TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, created_at INTEGER NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS sys_report_kind ON sys_report (kind, id)",
    ]
}

extension ReadSession {
    /// The reports or dashboards that the actor may see, their own first.
    public func savedReports(_ kind: SavedReport.Kind) throws -> [SavedReport] {
        guard let me = actor.userID else { return [] }
        let teams = actor.teamTree + actor.teamAndAbove
        let rows = try connection.rows(
            """
            SELECT id, kind, owner, name, sharing, body FROM sys_report
            WHERE kind = \(kind.rawValue) AND (owner = \(me) OR sharing = 'all'
                OR (sharing = 'team' AND team_id IN \(list: teams.map { .integer($0.raw) })))
            ORDER BY CASE WHEN owner = \(me) THEN 0 ELSE 1 END, id LIMIT 200
            """
        )
        return rows.compactMap(SavedReport.init)
    }

    /// One of them; throws `notFound` where there is none that the actor may see.
    public func savedReport(_ kind: SavedReport.Kind, _ id: RecordID) throws -> SavedReport {
        guard let found = try savedReports(kind).first(where: { $0.id == id }) else { throw Problem.notFound }
        return found
    }

    /// True when the actor may change or delete it: their own, and shared ones for who keeps the settings.
    public func mayChange(_ report: SavedReport) -> Bool {
        report.owner == actor.userID || (report.sharing != .own && actor.rights.allows(.settings))
    }
}

extension WriteSession {
    /// Keeps a new report or dashboard of the actor, or changes one they may change; throws `invalid` for a bad name.
    @discardableResult
    public func save(_ report: SavedReport) throws -> RecordID {
        guard let me = actor.userID else { throw Problem.notFound }
        let name = String(report.name.prefix(60))
        guard !name.allSatisfy(\.isWhitespace) else {
            throw Problem.invalid("name", "required", Label("Give it a name.", zh: "请填写名称。"))
        }
        guard report.body.utf8.count <= 20_000 else {
            throw Problem.invalid("body", "too_long", Label("This is too much for one page.", zh: "内容过多，请拆分。"))
        }
        guard report.id.raw != 0 else { return try add(report, name, me) }
        let old = try savedReport(report.kind, report.id)
        guard mayChange(old) else { throw WriteSession.notYourReport }
        let sharing = viewSharing.contains(report.sharing) || old.sharing == report.sharing ? report.sharing : .own
        try connection.run(
            """
            UPDATE sys_report SET name = \(name), sharing = \(sharing.rawValue), body = \(report.body)
            WHERE id = \(report.id)
            """
        )
        return report.id
    }

    private func add(_ report: SavedReport, _ name: String, _ me: RecordID) throws -> RecordID {
        let known = try connection.value("SELECT count(*) FROM sys_report WHERE owner = \(me)")
        guard known.integer ?? 0 < 100 else {
            throw Problem.invalid(
                "name",
                "too_many",
                Label("Delete a report first: 100 are the most.", zh: "报表已达 100 个上限，请先删除不用的报表。")
            )
        }
        let sharing = viewSharing.contains(report.sharing) ? report.sharing : .own
        let id = engine.ids.next()
        try connection.run(
            """
            INSERT INTO sys_report (id, kind, owner, team_id, sharing, name, body, created_at) VALUES (\(id),
            \(report.kind.rawValue), \(me), \(actor.teamID), \(sharing.rawValue), \(name), \(report.body), \(now))
            """
        )
        return id
    }

    /// Deletes a report or dashboard that the actor may change.
    public func delete(_ kind: SavedReport.Kind, _ id: RecordID) throws {
        guard mayChange(try savedReport(kind, id)) else { throw WriteSession.notYourReport }
        try connection.run("DELETE FROM sys_report WHERE id = \(id)")
    }

    private static let notYourReport = Problem.forbidden(
        Label("This belongs to somebody else. Save it under a new name.", zh: "这是他人创建的，请另存为自己的。")
    )
}

extension SavedReport {
    fileprivate init?(_ row: Row) {
        guard let kind = Kind(rawValue: row.text(1)), let sharing = SavedView.Sharing(rawValue: row.text(4)) else {
            return nil
        }
        self.init(
            id: RecordID(row.integer(0)),
            kind,
            owner: RecordID(row.integer(2)),
            name: row.text(3),
            sharing: sharing,
            body: row.text(5)
        )
    }
}
