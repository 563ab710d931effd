import Duplicates
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Likely duplicates, merging, and taking a merge back.
    static let duplicates: [Route] = [
        get("/{plural}/duplicates", DuplicateHandlers.list),
        post("/{plural}/duplicates", DuplicateHandlers.decide),
        post("/{plural}/duplicates/search", DuplicateHandlers.search),
        post("/{plural}/duplicates/check", DuplicateHandlers.check),
        get("/{plural}/{id}/merge", MergeHandlers.form),
        post("/{plural}/{id}/merge", MergeHandlers.merge),
        post("/{plural}/{id}/unmerge", MergeHandlers.unmerge),
    ]
}

/// The list of likely duplicates, and the warning in forms.
enum DuplicateHandlers {
    static func address(_ plural: String) -> String { Addresses.list(plural) + "/duplicates" }

    // MARK: The warning

    /// The warning for what was typed into the form of a new record; nil when all is well.
    static func notice(_ page: PageCall, _ plural: String) async throws -> HTML? {
        let html = try await page.read { session in
            let object = try session.object(plural)
            let form = RecordForm(object, session, page)
            let empty = form.fields.map { FieldModel($0) }
            // What cannot be read yet is said when it is saved.
            guard let input = try? form.input(form.typed(page.form, before: empty), before: empty) else {
                return HTML.empty
            }
            return notice(try session.duplicates(of: object, input), session, page.context)
        }
        return html.isEmpty ? nil : html
    }

    private static func notice(_ check: DuplicateCheck, _ session: ReadSession, _ context: PageContext) -> HTML {
        let hints = hints(check.found, session, context)
        return hints.isEmpty ? .empty : DuplicateNotice.html(hints, blocks: check.blocks, in: context)
    }

    static func hints(_ found: [LikelyDuplicate], _ session: ReadSession, _ context: PageContext) -> [DuplicateHint] {
        found.compactMap { found in
            guard let object = session.schema.object(found.object) else { return nil }
            return DuplicateHint(
                kind: context(object.label),
                name: found.record.map { title($0, object, session, context) },
                href: found.record.map { Addresses.record(object.plural, $0.id.description) },
                owner: found.owner ?? "",
                team: found.team ?? "",
                reasons: (found.score?.reasons ?? []).filter { $0.points > 0 }.map { context($0.text) }
            )
        }
    }

    /// The warning as a piece of the page, for the script that asks while somebody types.
    static func check(_ page: PageCall) async throws -> Reply {
        let html = try await notice(page, page.call.parameter("plural"))
        return .html((html ?? DuplicateNotice.html([], blocks: false, in: page.context)).bytes)
    }

    /// The name of a record as far as the person may read it.
    static func title(
        _ record: AnyRecord,
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ context: PageContext
    ) -> String {
        let field = object.field(object.nameField)
        let isSeen = field.map { (try? session.mayRead($0, of: object, in: [record.id])) ?? false } ?? false
        return isSeen && !record.name.isEmpty ? record.name : context(object.label)
    }

    // MARK: The list

    static func list(_ page: PageCall) async throws -> Reply {
        let (plural, actor) = (page.call.parameter("plural"), try page.actor)
        let state = DuplicateDecision(rawValue: page.call.query["state"] ?? "open") ?? .open
        let cursor = page.call.query["cursor"]
        let (body, isRunning, schema) = try await page.read { session in
            let object = try session.object(plural)
            let context = page.context
            let found = try session.duplicateGroups(of: object, state, limit: 20, cursor: cursor)
            let seesAll = actor.rights.on(object.key).read == .all
            let run = seesAll ? try session.duplicateRuns(of: object, limit: 1).first : nil
            let base = address(object.plural)
            var model = DuplicatesModel(
                objects: object.pluralLabel,
                action: base,
                tabs: tabs(state, base, context),
                groups: try found.groups.map { try group($0, object, session, page) }
            )
            let hasRules = try session.duplicateRules(of: object)?.active ?? false
            if seesAll, hasRules { model.search = base + "/search" }
            model.state = run.map { run in
                context(
                    run.state == .running
                        ? DuplicateTexts.running(run.seen, run.pairs) : DuplicateTexts.last(run.pairs, run.tooLarge)
                )
            }
            model.decided = state == .different
            model.next = found.next.map { WebAddress.path(base, ["state": state.rawValue, "cursor": $0]) }
            model.cross =
                try state == .later
                ? []
                : session.crossPairs(of: object, state).compactMap { pair in
                    try cross(pair, object, session, context)
                }
            var body = PageBody(
                context(DuplicateTexts.title(object.pluralLabel)),
                DuplicatesPage.html(model, in: context),
                current: Addresses.list(object.plural),
                crumbs: [Crumb(context(object.pluralLabel), Addresses.list(object.plural))]
            )
            body.bar = try page.bar(session)
            return (body, run?.state == .running, session.schema)
        }
        var reply = page.html(body, schema: schema)
        // Looks again by itself, also without scripts.
        if isRunning, let name = HTTPField.Name("Refresh") { reply.headers[name] = "3" }
        return reply
    }

    private static func tabs(_ state: DuplicateDecision, _ base: String, _ context: PageContext) -> [TabModel] {
        let labels: [(DuplicateDecision, Label)] = [
            (.open, DuplicateTexts.open), (.later, DuplicateTexts.later), (.different, DuplicateTexts.different),
        ]
        return labels.map { decision, label in
            TabModel(
                context(label),
                decision == .open ? base : WebAddress.path(base, ["state": decision.rawValue]),
                current: decision == state
            )
        }
    }

    private static func group(
        _ group: DuplicateGroup,
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ page: PageCall
    ) throws -> DuplicateGroupModel {
        let (context, form) = (page.context, RecordForm(object, session, page))
        let reader = CellReader(session: session, context: context)
        let shown = ["company", "customer", "phone", "mobile", "email"].compactMap(object.field)
            .filter { session.right(on: $0, of: object) != .hidden }
        let records = try group.records.map { record in
            let facts = try shown.filter { try session.mayRead($0, of: object, in: [record.id]) }.map { field in
                let columns = record.columns(of: field)
                return reader.value(field, columns, name: try form.linkedName(field, columns))
            }
            return (
                title(record, object, session, context), Addresses.record(object.plural, record.id.description), facts
            )
        }
        let ids = group.records.map(\.id.description)
        let with = ids.dropFirst().map { "with=" + $0 }.joined(separator: "&")
        return DuplicateGroupModel(
            ids: ids.joined(separator: ","),
            points: group.points,
            records: records.map { (name: $0.0, href: $0.1, facts: $0.2) },
            reasons: (group.pairs.first?.score.reasons ?? []).map { context($0.text) },
            merge: Addresses.record(object.plural, ids.first ?? "") + "/merge?" + with
        )
    }

    /// A lead and the customer or contact that is likely the same, with what can be done about it.
    private static func cross(
        _ pair: CrossPair,
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ context: PageContext
    ) throws -> CrossPairModel? {
        guard let other = session.schema.object(pair.object) else { return nil }
        let own = Addresses.record(object.plural, pair.own.id.description)
        let mayConvert = try object.key == "lead" && session.may(.update, object, pair.own.id)
        return CrossPairModel(
            ids: "\(pair.own.id),\(pair.other.id),\(other.key)",
            own: title(pair.own, object, session, context),
            ownHref: own,
            kind: context(other.label),
            other: title(pair.other, other, session, context),
            otherHref: Addresses.record(other.plural, pair.other.id.description),
            reasons: pair.score.reasons.filter { $0.points > 0 }.map { context($0.text) },
            convert: mayConvert ? WebAddress.path(own + "/convert", [other.key: pair.other.id.description]) : nil
        )
    }

    static func search(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        do {
            _ = try await DuplicatesAPI.start(plural, as: try page.actor, page.call)
        } catch let problem as Problem where problem.kind == .conflict {
            return page.go(to: address(plural), .bad, problem.message)
        }
        return page.go(to: address(plural))
    }

    static func decide(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        let action = page.form.text("_action")
        let verdict = DuplicateDecision(rawValue: action)
        guard verdict != nil || action == "merge" else { throw Problem.noSuchAddress }
        let groups = page.form.items.filter { $0.name == "group" }.prefix(200).map { item in
            item.value.split(separator: ",").compactMap { RecordID(String($0)) }
        }
        let pairs = page.form.items.filter { $0.name == "pair" }.prefix(200).map(\.value)
        if let verdict, !pairs.isEmpty {
            try await page.write { session in
                let object = try session.object(plural)
                for parts in pairs.map({ $0.split(separator: ",").map(String.init) }) {
                    guard parts.count == 3, let own = RecordID(parts[0]), let id = RecordID(parts[1]),
                        let other = session.schema.object(parts[2])
                    else { continue }
                    try session.decideCounterparts(object, own, against: other, id, verdict)
                }
            }
            if groups.isEmpty { return page.go(to: address(plural), .ok, DuplicateTexts.decided(pairs.count, 0)) }
        }
        if groups.isEmpty { return page.go(to: address(plural), .bad, PageTexts.nothingChosen) }
        var call = page.call
        call.caller = try acting(page)
        var refused = 0
        for group in groups {
            do {
                try await DuplicatesAPI.decide(plural, group, verdict, call)
            } catch let problem as Problem where problem.kind.rawValue < 500 {
                refused += 1
            }
        }
        let message = DuplicateTexts.decided(groups.count - refused, refused)
        return page.go(to: address(plural), refused == 0 ? .ok : .bad, message)
    }

    /// The caller, named as one who uses pages.
    private static func acting(_ page: PageCall) throws -> Caller { .key(try page.actor) }
}
