import Database
import Duplicates
import HTTPTypes
import Identity
import Jobs
import Records
import Schema
import Values

/// Likely duplicates: the check, the search over all records, decisions, rules, and merges that can be taken back.
enum DuplicatesAPI {
    /// Records like one that is being entered: a POST, since the values are in the body. Nothing is stored.
    static func check(_ call: Call) async throws -> Reply {
        let (input, plural) = (try call.json(), call.parameter("plural"))
        guard case .object(var members) = input else {
            throw Problem.malformed("not_an_object", Label("The body must be a JSON object.", zh: "请求内容必须是 JSON 对象。"))
        }
        let id = try Members.optionalID(input, "id")
        members.removeAll { $0.key == "id" }
        let (values, language) = (JSONValue.object(members), call.language)
        return try await call.read { session in
            let object = try session.object(plural)
            return reply(try session.duplicates(of: object, values, except: id), session, language)
        }
    }

    static func ofRecord(_ call: Call) async throws -> Reply {
        let (id, plural, language) = (try call.recordID(), call.parameter("plural"), call.language)
        return try await call.read { session in
            let object = try session.object(plural)
            return reply(try session.duplicates(of: object, id), session, language)
        }
    }

    private static func reply(
        _ check: DuplicateCheck,
        _ session: ReadSession,
        _ language: Language
    ) -> Reply {
        return .object { json in
            json.key("data")
            json.array { json in
                for found in check.found {
                    json.object { json in
                        json.member("id", found.record?.id.description)
                        json.member("object", found.object)
                        let object = session.schema.object(found.object)
                        json.member(
                            "name",
                            object.flatMap { object in found.record.flatMap { name($0, object, session) } }
                        )
                        json.member("owner", found.owner)
                        json.member("team", found.team)
                        json.member("blocks", found.blocks)
                        if let score = found.score {
                            write(score, language, to: &json)
                        } else {
                            json.key("score")
                            json.null()
                            json.key("reasons")
                            json.array { _ in }
                        }
                    }
                }
            }
            json.member("blocks", check.blocks)
            json.member("complete", check.complete)
        }
    }

    /// The name of a record, where the caller may read it.
    private static func name(_ record: AnyRecord, _ object: ObjectDefinition, _ session: ReadSession) -> String? {
        guard let field = object.field(object.nameField) else { return nil }
        return (try? session.mayRead(field, of: object, in: [record.id])) == true ? record.name : nil
    }

    private static func write(_ score: DuplicateScore, _ language: Language, to json: inout JSONWriter) {
        json.member("score", Int64(score.points))
        json.key("reasons")
        json.array { json in
            for reason in score.reasons {
                json.object { json in
                    json.member("fields", reason.fields)
                    json.member("outcome", reason.outcome.rawValue)
                    json.member("points", Int64(reason.points))
                    json.member("text", reason.text.text(language))
                }
            }
        }
    }

    // MARK: All records

    static func list(_ call: Call) async throws -> Reply {
        try call.query.allow(["state", "limit", "cursor"])
        let (plural, cursor, language) = (call.parameter("plural"), call.query["cursor"], call.language)
        let limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        let state = try decision(call.query["state"] ?? "open", "state")
        return try await call.read { session in
            let object = try session.object(plural)
            let page = try session.duplicateGroups(of: object, state, limit: limit, cursor: cursor)
            return Reply.list(page.groups, next: page.next) { group, json in
                json.object { json in
                    json.member("score", Int64(group.points))
                    json.key("records")
                    json.array { json in
                        for record in group.records {
                            json.object { json in
                                json.member("id", record.id.description)
                                json.member("name", name(record, object, session))
                            }
                        }
                    }
                    json.key("pairs")
                    json.array { json in
                        for pair in group.pairs {
                            json.object { json in
                                json.member("a", pair.a.description)
                                json.member("b", pair.b.description)
                                write(pair.score, language, to: &json)
                            }
                        }
                    }
                }
            }
        }
    }

    private static func decision(_ text: String, _ member: String) throws -> DuplicateDecision {
        if let decision = DuplicateDecision(rawValue: text) { return decision }
        let names = DuplicateDecision.allCases.map(\.rawValue).joined(separator: ", ")
        throw Problem.invalid(
            member,
            "unknown_choice",
            Label("Choose one of \(names).", zh: "请从 \(names) 中选择。")
        )
    }

    /// Begins a search over all records, or finds the one at work; it goes on after the answer.
    static func run(_ call: Call) async throws -> Reply {
        try Members.check(try call.json(), allowed: [])
        let run = try await start(call.parameter("plural"), as: call.actor, call)
        return .json(.accepted) { write(run, to: &$0) }
    }

    /// Begins a run and lets a job do it, which a crash only delays.
    static func start(_ plural: String, as actor: Actor, _ call: Call) async throws -> DuplicateRun {
        let (engine, jobs) = (call.engine, call.workspace.jobs)
        let run = try await engine.startDuplicateRun(of: plural, as: actor)
        try await engine.database.write { try enqueue(run.object, jobs, on: $0) }
        return run
    }

    /// The job that makes missing keys and goes on with the run of an object.
    static func enqueue(_ object: String, _ jobs: JobQueue, on connection: Connection) throws {
        let payload = JSONValue.object([.init(key: "object", value: .string(object))])
        try jobs.enqueue("duplicates.search", payload, key: object, on: connection)
    }

    static func runs(_ call: Call) async throws -> Reply {
        let plural = call.parameter("plural")
        return try await call.read { session in
            let object = try session.object(plural)
            guard session.actor.rights.on(object.key).read == .all else {
                return Reply.list([DuplicateRun]()) { _, _ in }
            }
            return Reply.list(try session.duplicateRuns(of: object)) { write($0, to: &$1) }
        }
    }

    private static func write(_ run: DuplicateRun, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", run.id.description)
            json.member("state", run.state.rawValue)
            json.member("seen", run.seen)
            json.member("pairs", run.pairs)
            json.member("too_large", run.tooLarge)
            json.member("started_at", run.startedAt.description)
            json.member("finished_at", run.finishedAt?.description)
            json.member("by", run.byName)
        }
    }

    // MARK: Decisions

    /// Decides about groups of records, each in a transaction of its own: a group that fails does not stop the others.
    static func decide(_ call: Call) async throws -> Reply {
        let (input, plural, language) = (try call.json(), call.parameter("plural"), call.language)
        try Members.check(input, allowed: ["groups", "decision"])
        let text = try Members.requiredText(input, "decision")
        let verdict = text == "merge" ? nil : try decision(text, "decision")
        guard let groups = input["groups"]?.array, (1...200).contains(groups.count) else {
            throw Members.missing("groups")
        }
        let ids = try groups.map { group in
            guard let ids = try Members.ids(.object([.init(key: "groups", value: group)]), "groups") else {
                throw Members.missing("groups")
            }
            return ids
        }
        var outcome: [Problem?] = []
        for group in ids {
            outcome.append(try await problem { try await decide(plural, group, verdict, call) })
        }
        return Reply.list(Array(zip(ids, outcome))) { entry, json in
            json.object { json in
                json.key("records")
                json.array { json in for id in entry.0 { json.id(id) } }
                json.member("done", entry.1 == nil)
                if let problem = entry.1 {
                    json.key("error")
                    ErrorReply.write(problem, language, id: nil, to: &json)
                }
            }
        }
    }

    private static func problem(_ body: () async throws -> Void) async throws -> Problem? {
        do {
            try await body()
            return nil
        } catch let problem as Problem where problem.kind.rawValue < 500 {
            return problem
        }
    }

    /// A verdict, or without one a merge into the oldest record of the group.
    static func decide(_ plural: String, _ group: [RecordID], _ verdict: DuplicateDecision?, _ call: Call) async throws
    {
        try await call.engine.write(as: try call.actor) { session in
            let object = try session.object(plural)
            if let verdict {
                try session.decideDuplicates(object, group, verdict)
            } else {
                let sorted = group.sorted()
                let oldest = sorted.first ?? RecordID(0)
                _ = try session.merge(
                    object,
                    MergeRequest(survivor: oldest, others: Array(sorted.dropFirst()))
                )
            }
        }
    }

    // MARK: Rules and merges

    static func rules(_ call: Call) async throws -> Reply {
        let plural = call.parameter("plural")
        return try await call.read { session in
            let object = try session.object(plural)
            return .json { $0.value((try? session.duplicateRules(of: object))?.json ?? .null) }
        }
    }

    static func setRules(_ call: Call) async throws -> Reply {
        let (input, plural, jobs) = (try call.json(), call.parameter("plural"), call.workspace.jobs)
        return try await call.write { session in
            let object = try session.object(plural)
            try session.setDuplicateRules(input, of: object)
            try enqueue(object.key, jobs, on: session.connection)
            return .json { $0.value(input) }
        }
    }

    static func merges(_ call: Call) async throws -> Reply {
        let (id, plural) = (try call.recordID(), call.parameter("plural"))
        return try await call.read { session in
            Reply.list(try session.merges(into: try session.object(plural), id)) { merge, json in
                json.object { json in
                    json.member("id", merge.id.description)
                    json.key("others")
                    json.array { json in for id in merge.others { json.id(id) } }
                    json.member("at", merge.at.description)
                    json.member("by", merge.byName)
                }
            }
        }
    }

    /// Where a merged record is now; nil for any other.
    static func moved(_ plural: String, _ id: RecordID, _ call: Call) async throws -> (plural: String, id: RecordID)? {
        try await call.engine.read(as: try call.actor) { session in
            let object = try session.object(plural)
            return try session.mergedInto(object, id).map { (object.plural, $0) }
        }
    }

    /// Refuses a new record like another one, for callers that asked for it.
    static func refuse(_ check: DuplicateCheck, _ object: ObjectDefinition) throws {
        guard let first = check.found.first else { return }
        let what =
            first.record.map { "\($0.id)" } ?? [first.team, first.owner].compactMap { $0 }.joined(separator: "/")
        throw Problem(
            .conflict,
            "duplicate",
            Label(
                "There is a record like this already (\(what)). Send it without «duplicates=refuse» to make it all the same.",
                zh: "已有疑似重复的记录（\(what)）。如仍要新建，请去掉参数 duplicates=refuse。"
            )
        )
    }
}
