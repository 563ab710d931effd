import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// Teams in the order of their tree, each below the one above it.
struct TeamOutline {
    private(set) var rows: [(team: Team, depth: Int)] = []

    /// The teams of a list that is ordered by name.
    init(_ teams: [Team]) {
        let known = Set(teams.map(\.id))
        let children = Dictionary(grouping: teams) { team in team.parent.flatMap { known.contains($0) ? $0 : nil } }
        add(children, below: nil, depth: 0)
    }

    private mutating func add(_ children: [RecordID?: [Team]], below parent: RecordID?, depth: Int) {
        for team in children[parent] ?? [] where depth < 50 {
            rows.append((team, depth))
            add(children, below: team.id, depth: depth + 1)
        }
    }
}

/// The administration of teams.
enum TeamHandlers {
    static func list(_ page: PageCall) async throws -> Reply { try await list(page, nil) }

    private static func list(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        try actor.require(.users)
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        let error = problem.map { page.context($0.fields.first?.message ?? $0.message) }
        return try await page.show(status: status) { session in
            let counts = try session.connection.rows(
                "SELECT team, count(*) FROM sys_user WHERE team IS NOT NULL AND state <> 'disabled' GROUP BY team"
            )
            let members = Dictionary(counts.map { (RecordID($0.integer(0)), Int($0.integer(1))) }) { first, _ in first }
            let rows = TeamOutline(try identities.teams(on: session.connection)).rows.map { team, depth in
                TeamRow(
                    id: team.id.description,
                    name: team.name,
                    parent: team.parent?.description ?? "",
                    depth: depth,
                    members: members[team.id] ?? 0
                )
            }
            return PageBody(
                page.context(AdminTexts.teams),
                TeamsPage.html(rows, error: error, in: page.context),
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)]
            )
        }
    }

    static func add(_ page: PageCall) async throws -> Reply {
        let (actor, identities, form) = (try page.actor, page.call.workspace.identities, page.form)
        return try await stored(page) { session in
            try identities.addTeam(
                form.text("name"),
                parent: RecordID(form.text("parent")),
                by: actor,
                on: session.connection
            )
        }
    }

    static func change(_ page: PageCall) async throws -> Reply {
        let (actor, identities, form) = (try page.actor, page.call.workspace.identities, page.form)
        let id = try page.call.recordID()
        return try await stored(page) { session in
            try identities.updateTeam(
                id,
                name: form.text("name"),
                parent: .some(RecordID(form.text("parent"))),
                by: actor,
                on: session.connection
            )
        }
    }

    static func delete(_ page: PageCall) async throws -> Reply {
        let (actor, identities, id) = (try page.actor, page.call.workspace.identities, try page.call.recordID())
        return try await stored(page) { session in
            try identities.deleteTeam(id, by: actor, on: session.connection)
        }
    }

    private static func stored<Result>(
        _ page: PageCall,
        _ body: @escaping @Sendable (WriteSession) throws -> Result
    ) async throws -> Reply {
        do {
            try await page.write { _ = try body($0) }
        } catch let problem as Problem where problem.isAboutInput {
            return try await list(page, problem)
        }
        return page.go(to: Addresses.teams, .ok, AdminWords.saved)
    }
}
