public import Database
import SQLText
public import Values

/// Reading, making and changing teams.
extension Identities {
    /// All teams, ordered by name.
    public func teams(on connection: Connection) throws -> [Team] {
        try connection.rows(
            "SELECT id, name, parent, created_at FROM sys_team WHERE deleted_at IS NULL ORDER BY name_sort, id"
        ).map { row in
            Team(
                id: RecordID(row.integer(0)),
                name: row.text(1),
                parent: row.id(2),
                createdAt: Instant(milliseconds: row.integer(3))
            )
        }
    }

    /// All teams as a tree.
    public func teamTree(on connection: Connection) throws -> TeamTree { TeamTree(try teams(on: connection)) }

    /// Makes a team below `parent`.
    @discardableResult
    public func addTeam(
        _ name: String,
        parent: RecordID? = nil,
        by actor: Actor,
        on connection: Connection
    ) throws -> Team {
        try actor.require(.users)
        let team = Team(id: ids.next(), name: try checkedName(name), parent: parent, createdAt: clock.now())
        try check(team, in: teamTree(on: connection))
        try connection.run(
            """
            INSERT INTO sys_team (id, name, name_sort, parent, created_at)
            VALUES (\(team.id), \(team.name), \(sortKey(team.name)), \(parent), \(team.createdAt))
            """
        )
        try record(.team, team.id, team.name, .create, after: description(of: team), by: actor, on: connection)
        return team
    }

    /// Renames a team or moves it below another; `.some(nil)` makes it a topmost one.
    @discardableResult
    public func updateTeam(
        _ id: RecordID,
        name: String? = nil,
        parent: RecordID?? = nil,
        by actor: Actor,
        on connection: Connection
    ) throws -> Team {
        try actor.require(.users)
        let tree = try teamTree(on: connection)
        guard let old = tree.teams[id] else { throw Problem.notFound }
        var new = old
        if let name { new.name = try checkedName(name) }
        if let parent { new.parent = parent }
        guard new != old else { return old }
        try check(new, in: tree)
        try connection.run(
            """
            UPDATE sys_team SET name = \(new.name), name_sort = \(sortKey(new.name)), parent = \(new.parent)
            WHERE id = \(id)
            """
        )
        let (before, after) = differences(description(of: old), description(of: new))
        try record(.team, id, new.name, .update, before: before, after: after, by: actor, on: connection)
        return new
    }

    /// Deletes a team that has neither users nor teams below it.
    public func deleteTeam(_ id: RecordID, by actor: Actor, on connection: Connection) throws {
        try actor.require(.users)
        let tree = try teamTree(on: connection)
        guard let team = tree.teams[id] else { throw Problem.notFound }
        let users = try connection.value("SELECT count(*) FROM sys_user WHERE team = \(id)").integer ?? 0
        let below = tree.andBelow(id).count - 1
        guard users == 0, below == 0 else {
            throw Problem(
                .conflict,
                "team_in_use",
                Label(
                    "«\(team.name)» still has \(users) users and \(below) teams below it. Move them first.",
                    zh: "“\(team.name)”下还有 \(users) 名用户和 \(below) 个下级团队，请先将其移走。"
                )
            )
        }
        try connection.run("UPDATE sys_team SET deleted_at = \(clock.now()) WHERE id = \(id)")
        try record(.team, id, team.name, .delete, before: description(of: team), by: actor, on: connection)
    }

    private func check(_ team: Team, in tree: TeamTree) throws {
        if let parent = team.parent {
            guard tree.teams[parent] != nil else {
                throw Problem.invalid("parent", "unknown_team", Label("There is no such team.", zh: "没有这个团队。"))
            }
            guard !tree.andBelow(team.id).contains(parent) else {
                throw Problem.invalid(
                    "parent",
                    "cycle",
                    Label("A team cannot be below itself. Choose another team.", zh: "团队不能隶属于自身或其下级，请选择其他团队。")
                )
            }
        }
        let namesake = tree.teams.values.contains {
            $0.id != team.id && $0.parent == team.parent && Fold.fold($0.name) == Fold.fold(team.name)
        }
        guard !namesake else {
            throw Problem.invalid(
                "name",
                "not_unique",
                Label("A team of this name is already there.", zh: "同级中已有同名团队。")
            )
        }
    }

    private func description(of team: Team) -> JSONValue {
        .object([
            .init(key: "name", value: .string(team.name)),
            .init(key: "parent", value: team.parent.map { .string($0.description) } ?? .null),
        ])
    }
}
