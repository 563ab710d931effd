import Database
import Expressions
import Identity
import SQLText
public import Schema
public import Values

/// A filter, an order and columns of a list, kept under a name.
public struct SavedView: Sendable, Equatable {
    /// Who sees it.
    public enum Sharing: String, Sendable, CaseIterable {
        /// Only who made it.
        case own
        /// The team of who made it, and the teams above.
        case team
        /// Everybody who may read the object.
        case all
    }

    /// Its number.
    public var id: RecordID
    /// Who made it.
    public var owner: RecordID
    /// What people see.
    public var name: String
    /// Who sees it.
    public var sharing: Sharing
    /// An expression; empty for all records.
    public var filter: String
    /// Field keys, joined by commas; a `-` turns the order round.
    public var sort: String
    /// The keys of the columns; empty for the usual ones.
    public var columns: [String]
    /// True when it is what everybody begins with who has not chosen a view of their own.
    public var isDefault = false

    /// A filter, an order and columns of a list.
    public init(
        id: RecordID = RecordID(0),
        owner: RecordID = RecordID(0),
        name: String,
        sharing: Sharing = .own,
        filter: String = "",
        sort: String = "",
        columns: [String] = []
    ) {
        self.id = id
        self.owner = owner
        self.name = name
        self.sharing = sharing
        self.filter = filter
        self.sort = sort
        self.columns = columns
    }
}

enum SavedViewTables {
    static let statements = [
        """
        CREATE TABLE IF NOT EXISTS sys_view (id INTEGER PRIMARY KEY, object TEXT NOT NULL, owner INTEGER NOT NULL,
            team_id INTEGER, sharing TEXT NOT NULL, name TEXT NOT NULL, filter TEXT NOT NULL, sort TEXT NOT NULL,
            columns TEXT NOT NULL, is_default INTEGER NOT NULL, created_at INTEGER NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS sys_view_object ON sys_view (object, id)",
    ]
}

extension ReadSession {
    /// The saved views of an object that the actor may see, their own first. One whose filter asks for a field that
    /// the actor may not read is left out: its rows would tell of that field.
    public func savedViews(_ object: ObjectDefinition) throws -> [SavedView] {
        guard let me = actor.userID else { return [] }
        let teams = actor.teamTree + actor.teamAndAbove
        let rows = try connection.rows(
            """
            SELECT id, owner, name, sharing, filter, sort, columns, is_default FROM sys_view
            WHERE object = \(object.key) AND (owner = \(me) OR sharing = 'all'
                OR (sharing = 'team' AND team_id IN \(list: teams.map { .integer($0.raw) })))
            ORDER BY CASE WHEN owner = \(me) THEN 0 ELSE 1 END, id LIMIT 100
            """
        )
        return rows.compactMap(SavedView.init).filter { mayAsk($0, object) }
    }

    private func mayAsk(_ view: SavedView, _ object: ObjectDefinition) -> Bool {
        if view.filter.isEmpty { return true }
        return (try? check(view.filter, on: object)) != nil
    }

    /// True when the actor may change or delete a view: their own, and shared ones for who keeps the settings.
    public func mayChange(_ view: SavedView) -> Bool {
        view.owner == actor.userID || (view.sharing != .own && actor.rights.allows(.settings))
    }

    /// With whom the actor may share a view.
    public var viewSharing: [SavedView.Sharing] {
        var ways: [SavedView.Sharing] = [.own]
        if actor.teamID != nil { ways.append(.team) }
        if actor.rights.allows(.settings) { ways.append(.all) }
        return ways
    }
}

extension WriteSession {
    /// The most views that one person keeps of one object.
    private static let most = 50

    /// Keeps a new view of the actor, or changes one they may change; throws `invalid` for a bad name or filter.
    @discardableResult
    public func save(_ view: SavedView, of object: ObjectDefinition) throws -> RecordID {
        guard let me = actor.userID else { throw Problem.notFound }
        let name = String(view.name.prefix(60))
        guard !name.allSatisfy(\.isWhitespace) else {
            throw Problem.invalid("name", "required", Label("Give the view a name.", zh: "请填写视图名称。"))
        }
        if !view.filter.isEmpty { _ = try check(view.filter, on: object, expecting: .boolean) }
        // A column may have gone since, so that only its form is looked at.
        let isKey = { (key: String) in
            !key.isEmpty && key.utf8.count <= 200
                && key.unicodeScalars.allSatisfy {
                    $0 == "_" || $0 == "." || $0.properties.isAlphabetic || $0.properties.numericType != nil
                }
        }
        guard view.columns.allSatisfy(isKey) else {
            let message = Label("A column is named by the key of a field.", zh: "列须以字段标识表示。")
            throw Problem.invalid("columns", "unknown_field", message)
        }
        let old = try view.id.raw == 0 ? nil : savedViews(object).first { $0.id == view.id }
        let sharing = viewSharing.contains(view.sharing) || old?.sharing == view.sharing ? view.sharing : .own
        let isDefault = view.isDefault && sharing == .all && actor.rights.allows(.settings)
        if isDefault { try connection.run("UPDATE sys_view SET is_default = 0 WHERE object = \(object.key)") }
        let columns = view.columns.joined(separator: ",")
        guard view.id.raw != 0 else {
            let id = engine.ids.next()
            let known = try connection.value(
                "SELECT count(*) FROM sys_view WHERE object = \(object.key) AND owner = \(me)"
            )
            guard known.integer ?? 0 < WriteSession.most else {
                throw Problem.invalid(
                    "name",
                    "too_many",
                    Label("Delete a view first: 50 are the most.", zh: "视图已达 50 个上限，请先删除不用的视图。")
                )
            }
            try connection.run(
                """
                INSERT INTO sys_view (id, object, owner, team_id, sharing, name, filter, sort, columns, is_default,
                created_at) VALUES (\(id), \(object.key), \(me), \(actor.teamID), \(sharing.rawValue), \(name),
                \(view.filter), \(view.sort), \(columns), \(isDefault ? 1 : 0), \(now))
                """
            )
            return id
        }
        guard let old else { throw Problem.notFound }
        guard mayChange(old) else { throw WriteSession.notYourView }
        try connection.run(
            """
            UPDATE sys_view SET name = \(name), sharing = \(sharing.rawValue), filter = \(view.filter),
            sort = \(view.sort), columns = \(columns), is_default = \(isDefault ? 1 : 0) WHERE id = \(view.id)
            """
        )
        return view.id
    }

    /// Deletes a view that the actor may change.
    public func delete(_ view: RecordID, of object: ObjectDefinition) throws {
        guard let old = try savedViews(object).first(where: { $0.id == view }) else { throw Problem.notFound }
        guard mayChange(old) else { throw WriteSession.notYourView }
        try connection.run("DELETE FROM sys_view WHERE id = \(view)")
    }

    private static let notYourView = Problem.forbidden(
        Label("This view belongs to somebody else. Save it under a new name.", zh: "这是他人的视图，请另存为自己的视图。")
    )
}

extension SavedView {
    fileprivate init?(_ row: Row) {
        guard let sharing = Sharing(rawValue: row.text(3)) else { return nil }
        self.init(
            id: RecordID(row.integer(0)),
            owner: RecordID(row.integer(1)),
            name: row.text(2),
            sharing: sharing,
            filter: row.text(4),
            sort: row.text(5),
            columns: row.text(6).split(separator: ",").map(String.init)
        )
        isDefault = row.integer(7) != 0
    }
}
