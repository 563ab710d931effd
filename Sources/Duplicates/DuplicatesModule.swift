import FieldKinds
import Identity
public import Records
import Schema
import Values

/// Duplicates: rules, keys, warnings, runs; and the verbs that merge records and take a merge back.
public enum DuplicatesModule {
    /// The module as the engine takes it.
    public static let module = Module(
        name: "duplicates",
        objects: [],
        actions: ["*": [MergeVerbs.merge, MergeVerbs.unmerge]],
        tables: DuplicateTables.statements,
        observers: [
            RecordObserver(
                check: { object, draft, session in try session.refuseDuplicate(object, draft) },
                loaded: { object, first, session in try session.noteLoad(object, from: first) },
                alike: { object, input, session in
                    try session.duplicates(of: object, input).found.map { found in
                        LikeRecord(
                            object: found.object,
                            id: found.record?.id,
                            owner: found.owner,
                            points: found.score?.points ?? 0,
                            reasons: (found.score?.reasons ?? []).filter { $0.points > 0 }.map(\.text)
                        )
                    }
                },
                mayTrail: { object, session in try session.compiledRules(of: object)?.rules.blockAt == nil },
                trail: { object, session in try session.compiledRules(of: object).map(KeyFollower.init) },
                follow: { object, change, saved, session in try session.followKeys(object, change, saved) }
            )
        ]
    )
}

/// `POST /{plural}/{id}/merge` and `…/unmerge`.
enum MergeVerbs {
    static let merge = RecordAction(
        every: "merge",
        Label("Merge", zh: "合并"),
        parameters: [
            "others":
                #"{"type":"array","items":{"type":"string"},"description":"ids of the records that go into this one"}"#,
            "choices":
                #"{"type":"object","additionalProperties":{"type":"string"},"description":"field to the id of the record whose value stays"}"#,
            "version": #"{"type":"integer","description":"the version of this record that the caller read"}"#,
            "dry_run": #"{"type":"boolean","description":"only show what the merged record would hold"}"#,
        ]
    ) { object, id, body, session in
        let (request, isDry) = try read(body, id)
        if isDry { return try shown(try session.planMerge(object, request), session, object) }
        let outcome = try session.merge(object, request)
        return .object([
            .init(key: "merge", value: .string(outcome.id.description)),
            .init(key: "record", value: try record(object, id, session)),
            .init(key: "merged", value: .array(request.others.map { .string($0.description) })),
            .init(key: "moved", value: counts(outcome.moved)),
        ])
    }

    static let unmerge = RecordAction(
        every: "unmerge",
        Label("Undo merge", zh: "撤销合并"),
        parameters: ["merge": #"{"type":"string","description":"id of the merge; the last one if left out"}"#]
    ) { object, id, body, session in
        try check(body, ["merge"])
        let outcome = try session.unmerge(object, id, merge: try optionalID(body, "merge"))
        return .object([
            .init(key: "record", value: try record(object, id, session)),
            .init(key: "restored", value: .array(outcome.restored.map { .string($0.description) })),
            .init(key: "missing", value: .array(outcome.missing.map { .string($0.description) })),
            .init(
                key: "kept",
                value: .array(
                    outcome.kept.map { kept in
                        .object([
                            .init(key: "object", value: .string(kept.object)),
                            .init(key: "id", value: .string(kept.record.description)),
                            .init(key: "field", value: .string(kept.field)),
                        ])
                    }
                )
            ),
            .init(key: "added", value: counts(outcome.added)),
        ])
    }

    private static func read(_ body: JSONValue, _ id: RecordID) throws -> (MergeRequest, isDry: Bool) {
        try check(body, ["others", "choices", "version", "dry_run"])
        let others = try (body["others"]?.array ?? []).map { value in
            guard let id = value.string.flatMap({ RecordID($0) }) else { throw badID("others") }
            return id
        }
        var request = MergeRequest(survivor: id, others: others)
        for member in body["choices"]?.members ?? [] {
            guard let source = member.value.string.flatMap({ RecordID($0) }) else { throw badID("choices") }
            request.choices[member.key] = source
        }
        request.version = body["version"]?.integer
        return (request, body["dry_run"]?.bool ?? false)
    }

    private static func check(_ body: JSONValue, _ allowed: Set<String>) throws {
        guard body.members != nil || body.isNull else {
            throw Problem.malformed("not_an_object", Label("The body must be a JSON object.", zh: "请求内容必须是 JSON 对象。"))
        }
        let strangers = (body.members ?? []).map(\.key).filter { !allowed.contains($0) }
        if !strangers.isEmpty { throw Problem.invalid(strangers.map(DuplicateRules.unknown)) }
    }

    private static func optionalID(_ body: JSONValue, _ key: String) throws -> RecordID? {
        guard let value = body[key], !value.isNull else { return nil }
        guard let id = value.string.flatMap({ RecordID($0) }) else { throw badID(key) }
        return id
    }

    private static func badID(_ key: String) -> Problem {
        .invalid(key, "invalid_id", Label("Write ids of records.", zh: "请填写记录编号。"))
    }

    private static func record(_ object: ObjectDefinition, _ id: RecordID, _ session: ReadSession) throws -> JSONValue {
        var json = JSONWriter(capacity: 4096)
        do {
            try session.write(object, id, to: &json)
        } catch let problem as Problem where problem.kind == .notFound {
            return .object([.init(key: "id", value: .string(id.description))])
        }
        return try JSONReader.parse(json.bytes)
    }

    private static func counts(_ counts: [(object: String, count: Int)]) -> JSONValue {
        .object(counts.map { .init(key: $0.object, value: .number(String($0.count))) })
    }

    private static func shown(_ plan: MergePlan, _ session: ReadSession, _ object: ObjectDefinition) throws -> JSONValue
    {
        let ids = [plan.survivor.id] + plan.others.map(\.id)
        let fields = try plan.values.filter { try session.mayRead($0.field, of: object, in: ids) }
        return .object([
            .init(key: "dry_run", value: .bool(true)),
            .init(
                key: "fields",
                value: .object(
                    fields.map { value in
                        var json = JSONWriter()
                        value.field.write(value.columns[...], to: &json)
                        return .init(
                            key: value.field.key,
                            value: .object([
                                .init(key: "from", value: value.source.map { .string($0.description) } ?? .null),
                                .init(key: "differs", value: .bool(value.differs)),
                                .init(key: "value", value: (try? JSONReader.parse(json.bytes)) ?? .null),
                            ])
                        )
                    }
                )
            ),
        ])
    }
}
