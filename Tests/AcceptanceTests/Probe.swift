import Customers
import Exchange
import Identity
import Records
import SQLText
import Sales
import Schema
import Synchronization
import Values

/// How a way to a record ends for somebody.
enum Outcome: Character {
    /// It is done, or the record is shown.
    case yes = "y"
    /// It is as if the record did not exist.
    case hidden = "."
    /// It is refused: the record may be seen, this may not be done with it.
    case refused = "x"
    /// The way does not lead to such records.
    case none = "/"
}

/// Tries the ways to one record for one person.
struct Probe {
    let company: Company
    let actor: Actor
    let plural: String
    let id: RecordID
    let name: String

    /// The ways in the order of the columns of the expected table. Those that change something for good come last.
    static let ways = [
        "list", "filter", "search", "total", "find", "name", "linked field", "roll-up", "sort and linked name",
        "timeline",
        "report", "history", "shares", "export", "link", "update", "bulk update", "share", "verb", "delete",
        "bulk delete",
        "bin", "restore",
    ]

    func outcome(_ way: String) async throws -> Outcome {
        do {
            switch way {
            case "list", "filter", "search", "total", "bin": return try await listed(way)
            case "find", "name", "history", "shares": return try await read(way)
            case "linked field", "roll-up", "sort and linked name": return try await reached(way)
            case "timeline": return try await timeline()
            case "report": return try await report()
            case "export": return try await exported()
            case "link", "update", "share", "verb", "delete", "restore": return try await written(way)
            default: return try await many(way)
            }
        } catch let problem as Problem {
            switch problem.kind {
            case .notFound: return .hidden
            case .forbidden: return .refused
            case .invalid where problem.fields.first?.code == "unknown_link": return .hidden
            default: throw problem
            }
        }
    }

    private var engine: RecordEngine { company.engine }

    private var nameField: String { plural == "activities" ? "subject" : "name" }

    /// Whether a list holds the record, and nothing else when it was asked for by name.
    private func listed(_ way: String) async throws -> Outcome {
        var query = ListQuery()
        query.limit = 200
        switch way {
        case "filter": query.filter = "\(nameField) = \"\(name)\""
        case "search": query.search = name
        case "total":
            query.filter = "\(nameField) contains \"\(name)\""
            query.total = true
            query.limit = 1
        case "bin": query.deleted = true
        default: break
        }
        let asked = query
        let (ids, total) = try await engine.read(as: actor) { session -> ([RecordID], Int64?) in
            let object = try session.object(plural)
            let page = try session.list(object, asked)
            var searched = ListQuery()
            searched.search = name
            let found = way == "total" ? try session.count(object, searched) : page.total
            guard found == page.total else { return ([], -1) }
            return (page.rows.map(\.id), page.total)
        }
        if let total, total != (ids.contains(id) ? 1 : 0) { return .none }
        return ids.contains(id) ? .yes : .hidden
    }

    private func read(_ way: String) async throws -> Outcome {
        try await engine.read(as: actor) { session in
            let object = try session.object(plural)
            switch way {
            case "find": return try session.find(object, id).id == id ? .yes : .none
            case "name": return try session.name(of: object.key, id) == name ? .yes : .hidden
            case "shares":
                _ = try session.shares(object, id)
                return .yes
            default: return try session.history(object, id).isEmpty ? .none : .yes
            }
        }
    }

    /// Through records of the actor's own that point to it: a task of theirs, and a company that is above it.
    private func reached(_ way: String) async throws -> Outcome {
        let link = ["customers": "customer", "contacts": "contact", "opportunities": "opportunity", "leads": "lead"]
        guard let field = link[plural] else { return .none }
        if way == "roll-up" {
            guard plural != "leads" else { return .none }
            var query = ListQuery()
            query.filter = "count(\(plural) where name = \"\(name)\") > 0"
            let asked = query
            return try await engine.read(as: actor) { session in
                try session.list(try session.object("customers"), asked).rows.isEmpty ? .hidden : .yes
            }
        }
        var query = ListQuery()
        query.limit = 200
        if way == "linked field" {
            query.filter = "\(field).name = \"\(name)\""
        } else {
            query.filter = "subject = \"任务\(name)\""
            query.sort = [field]
        }
        let asked = query
        return try await engine.read(as: actor) { session in
            let page = try session.list(try session.object("activities"), asked)
            if way == "linked field" { return page.rows.isEmpty ? .hidden : .yes }
            guard let slot = page.plan.slot(field), let row = page.rows.first else { return .hidden }
            return row.name(slot) == name ? .yes : .hidden
        }
    }

    private func timeline() async throws -> Outcome {
        guard plural == "customers" else { return .none }
        return try await engine.read(as: actor) { session in
            let items = try Timeline.page(customer: id, session).items
            return items.contains { $0.title.zh == "来电\(name)" } ? .yes : .hidden
        }
    }

    /// The deal has a stage of its own, so the report's line of that stage tells whether it was counted.
    private func report() async throws -> Outcome {
        guard plural == "opportunities" else { return .none }
        return try await engine.read(as: actor) { session in
            try PipelineReport.byStage(session).contains { $0.amount == 123_456_700 } ? .yes : .hidden
        }
    }

    private func exported() async throws -> Outcome {
        let bytes = Mutex<[UInt8]>([])
        var query = ListQuery()
        query.fields = [nameField]
        try await Export.write(engine, object: plural, query: query, format: .jsonLines, as: actor) { part in
            bytes.withLock { $0 += part }
        }
        return String(decoding: bytes.withLock { $0 }, as: UTF8.self).contains(name) ? .yes : .hidden
    }

    /// Writes and takes it back, except for `restore`.
    private func written(_ way: String) async throws -> Outcome {
        let link = ["customers": "customer", "contacts": "contact", "opportunities": "opportunity", "leads": "lead"]
        let field = link[plural]
        if way == "link", field == nil { return .none }
        if way == "verb", plural != "opportunities" { return .none }
        do {
            try await engine.write(as: actor) { session in
                if way == "link" {
                    let input = #"{"subject":"新","kind":"note","\#(field ?? "")":"\#(id)"}"#
                    _ = try session.create(try session.object("activities"), try JSONReader.parse(input))
                    throw Undo()
                }
                try write(way, session)
            }
        } catch is Undo {}
        return .yes
    }

    private func write(_ way: String, _ session: WriteSession) throws {
        let object = try session.object(plural)
        switch way {
        case "update":
            let field = plural == "activities" ? "body" : "description"
            _ = try session.update(object, id, .object([.init(key: field, value: .string("改"))]))
        case "share":
            try session.share(object, id, user: company.colleague.userID, team: nil, canEdit: false)
        case "verb":
            let move = engine.actions(of: "opportunity").first { $0.name == "move" }
            _ = try move?.run(id, .object([.init(key: "stage", value: .string("negotiating"))]), session)
        case "delete": try session.delete(object, id)
        default:
            _ = try session.restore(object, id)
            return
        }
        throw Undo()
    }

    private func many(_ way: String) async throws -> Outcome {
        let selection = BulkSelection(filter: "\(nameField) = \"\(name)\"")
        let field = plural == "activities" ? "body" : "description"
        let result =
            way == "bulk update"
            ? try await engine.updateAll(
                plural,
                selection,
                data: .object([.init(key: field, value: .string("批量"))]),
                as: actor
            ) : try await engine.deleteAll(plural, selection, as: actor)
        if result.matched == 0, result.failed.isEmpty { return .hidden }
        return result.changed == 1 ? .yes : .none
    }
}

/// Takes a write back that was only tried.
private struct Undo: Error {}
