import Database
import HTTPTypes
import Identity
import Jobs
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// What is done with chosen records.
    static let bulkActions: [Route] = [
        post("/{plural}/bulk", BulkHandlers.act),
        get("/{plural}/bulk/{id}", BulkHandlers.progress),
        post("/{plural}/bulk/{id}/undo", BulkHandlers.undo),
    ]
}

/// Changing many records: small selections at once, large ones as a job; all can be undone.
enum BulkHandlers {
    /// The name of the job.
    static let job = "records.bulk"
    /// How many portions are done before the answer; the rest is the job's.
    private static let portionsAtOnce = 3

    static func act(_ page: PageCall) async throws -> Reply {
        let object = try await page.read { try $0.object(page.call.parameter("plural")) }
        let list = page.back ?? Addresses.list(object.plural)
        let (form, ids) = (page.form, page.form.all("id").compactMap { RecordID($0) })
        let isAll = form.isOn("all")
        guard isAll || !ids.isEmpty else { return page.go(to: list, .bad, PageTexts.nothingChosen) }
        let selection =
            isAll
            ? BulkSelection(filter: form.text("filter"), search: form.text("q"))
            : BulkSelection(ids: ids)
        switch form.text("_action") {
        case "delete" where isAll: return try await plan(page, object, selection, isDeletion: true)
        case "edit": return try await plan(page, object, selection, isDeletion: false)
        case "delete", "delete-now": return try await run(page, object, selection, .delete, list)
        case "assign":
            guard let owner = RecordID(form.text("owner")) else { return page.go(to: list, .bad, PageTexts.noOwner) }
            let data = JSONValue.object([.init(key: "owner", value: .string(owner.description))])
            return try await run(page, object, selection, .set(data), list)
        case "set": return try await set(page, object, selection, list)
        case "merge":
            guard !isAll, ids.count == 2 else { return page.go(to: list, .bad, PageTexts.chooseTwo) }
            let address = Addresses.record(object.plural, ids[0].description) + "/merge"
            return page.go(to: WebAddress.path(address, ["with": ids[1].description]))
        case "export":
            let chosen = "id in (" + ids.prefix(400).map { "\"\($0)\"" }.joined(separator: ", ") + ")"
            let filter = isAll ? form.text("filter") : chosen
            let query: KeyValuePairs = ["filter": filter, "q": isAll ? form.text("q") : ""]
            return page.go(to: WebAddress.path(Addresses.list(object.plural) + "/export", query))
        default: throw Problem.noSuchAddress
        }
    }

    // MARK: Before it is done

    /// Names the number and the first records, and asks what is to be done.
    private static func plan(
        _ page: PageCall,
        _ object: ObjectDefinition,
        _ selection: BulkSelection,
        isDeletion: Bool,
        problem: Problem? = nil
    ) async throws -> Reply {
        let status = problem == nil ? HTTPResponse.Status.ok : .unprocessableContent
        return try await page.show(status: status) { session in
            let context = page.context
            let (names, count) = try first(selection, object, page, session)
            let title = isDeletion ? ListTexts.deleting : ListTexts.changing
            let heading = context(title(object.pluralLabel, count))
            var model = BulkPlanModel(
                title: heading,
                action: Addresses.bulk(object.plural),
                keep: kept(page, selection),
                cancel: page.back ?? Addresses.list(object.plural),
                isDeletion: isDeletion
            )
            (model.names, model.count) = (names, count)
            if !isDeletion {
                let form = RecordForm(object, session, page)
                let fresh = form.fields.filter { !$0.unique }.map { FieldModel($0) }
                let fields = problem == nil ? fresh : form.typed(page.form, before: fresh)
                model.fields = try form.offering(fields).filter {
                    if case .file = $0.definition.kind { return false }
                    return true
                }
                model.tags = form.fields.filter { if case .tags = $0.kind { true } else { false } }
                    .map { Option($0.key, context($0.label)) }
                model.error = problem.map { context($0.fields.first?.message ?? $0.message) }
            }
            let crumb = Crumb(context(object.pluralLabel), Addresses.list(object.plural))
            return PageBody(
                heading,
                BulkPages.plan(model, in: context),
                current: Addresses.list(object.plural),
                crumbs: [crumb]
            )
        }
    }

    private static func first(
        _ selection: BulkSelection,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> ([String], Int?) {
        var query = ListQuery()
        query.filter = selection.filter
        query.search = selection.search
        if let ids = selection.ids {
            query.filter = "id in (" + ids.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ") + ")"
        }
        query.fields = [object.nameField]
        query.limit = 5
        let result = try session.list(object, query)
        let names = result.rows.map { $0.title(result.plan, in: page.context) }
        if let ids = selection.ids { return (names, ids.count) }
        if result.next == nil { return (names, names.count) }
        query.fields = nil
        let sums = try session.sums(object, of: [], query)
        return (names, sums.isCapped ? nil : sums.count)
    }

    private static func kept(_ page: PageCall, _ selection: BulkSelection) -> [Option] {
        var keep = page.hiddenBack
        guard let ids = selection.ids else {
            keep += [Option("all", "1"), Option("filter", selection.filter ?? ""), Option("q", selection.search ?? "")]
            return keep
        }
        return keep + ids.map { Option("id", $0.description) }
    }

    // MARK: Doing it

    /// Reads the one field that was chosen and sets it everywhere.
    private static func set(
        _ page: PageCall,
        _ object: ObjectDefinition,
        _ selection: BulkSelection,
        _ list: String
    ) async throws -> Reply {
        let key = page.form.text("field")
        do {
            let action = try await page.read { session -> BulkAction in
                if let mark = key.split(separator: ":", maxSplits: 1).dropFirst().first, key.contains("tag:") {
                    let tag = page.form.text("_tag")
                    guard !tag.isEmpty else {
                        throw Problem.invalid("_tag", "required", Label("Type the tag.", zh: "请填写标签。"))
                    }
                    return .tag(field: String(mark), tag: tag, add: key.hasPrefix("tag:"))
                }
                let form = RecordForm(object, session, page)
                let empty = form.fields.filter { $0.key == key }.map { FieldModel($0) }
                guard !empty.isEmpty else { throw Problem.noSuchAddress }
                let typed = form.typed(page.form, before: empty)
                let data = try form.input(typed, before: empty)
                // An empty control empties the field.
                if case .object(let members) = data, members.isEmpty {
                    return .set(.object([.init(key: key, value: .null)]))
                }
                return .set(data)
            }
            return try await run(page, object, selection, action, list)
        } catch let problem as Problem where problem.kind == .invalid {
            return try await plan(page, object, selection, isDeletion: false, problem: problem)
        }
    }

    private static func run(
        _ page: PageCall,
        _ object: ObjectDefinition,
        _ selection: BulkSelection,
        _ action: BulkAction,
        _ list: String
    ) async throws -> Reply {
        let (engine, actor) = (page.call.engine, try page.actor)
        let id: RecordID
        do {
            let left = try leaving(page.call)
            id = try await engine.beginBulk(object.plural, selection, action, as: actor, enqueue: left)
        } catch let problem as Problem where problem.kind == .tooLarge {
            return page.go(to: list, .bad, problem.message)
        }
        return try await goOn(page, object, id, list)
    }

    /// Does the first portions beside the job; what is left is the job's, with a page that shows how far it is.
    private static func goOn(_ page: PageCall, _ object: ObjectDefinition, _ id: RecordID, _ list: String)
        async throws -> Reply
    {
        let (engine, actor) = (page.call.engine, try page.actor)
        let address = Addresses.bulk(object.plural) + "/" + id.description
        for _ in 0..<portionsAtOnce where try await !engine.workOnBulk(id, as: actor) {
            let run = try await engine.bulkRun(id, as: actor)
            let undo = run.isUndone || run.changed == 0 ? nil : WebAddress.path(address + "/undo", ["_back": list])
            let (text, isFine) = result(run)
            return page.go(to: list, isFine ? .ok : .bad, text, undo: undo)
        }
        return page.go(to: WebAddress.path(address, ["_back": list]))
    }

    /// Leaves a bulk action to a job in the transaction that begins it: should the server end, another one goes on.
    static func leaving(_ call: Call) throws -> @Sendable (RecordID, WriteSession) throws -> Void {
        let (jobs, user) = (call.workspace.jobs, try call.actor.userID?.description ?? "")
        return { id, session in
            let payload = JSONValue.object([
                .init(key: "bulk", value: .string(id.description)), .init(key: "user", value: .string(user)),
            ])
            try jobs.enqueue(job, payload, on: session.connection)
        }
    }

    private static func result(_ run: BulkRun) -> (Label, Bool) {
        if run.isUndone { return (PageTexts.putBack(run.changed, kept: run.refused), run.refused == 0) }
        guard run.refused > 0 else { return (PageTexts.changed(run.changed), true) }
        return (PageTexts.changed(run.changed, refused: run.refused, why: run.reason ?? PageTexts.notAllowed), false)
    }

    static func progress(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let run: BulkRun
        do {
            run = try await page.call.engine.bulkRun(id, as: page.actor)
        } catch let problem as Problem where problem.kind == .notFound {
            return page.go(to: page.back ?? Addresses.list(plural), .bad, PageTexts.noLongerKept)
        }
        return try await page.show { session in
            let object = try session.object(plural)
            let context = page.context
            let title = context(run.isUndone ? PageTexts.puttingBack : PageTexts.working)
            let list = page.back ?? Addresses.list(object.plural)
            var model = BulkProgressModel(
                title: title,
                done: run.changed + run.refused,
                total: run.total,
                result: context(result(run).0),
                list: list,
                isDone: run.isDone
            )
            let isUndoable = run.isDone && !run.isUndone && run.changed > 0
            model.undo = isUndoable ? WebAddress.path(Addresses.bulk(plural) + "/\(id)/undo", ["_back": list]) : nil
            model.reason = run.reason.map { context($0) }
            return PageBody(title, BulkPages.progress(model, in: context), current: Addresses.list(plural))
        }
    }

    static func undo(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let object = try await page.read { try $0.object(plural) }
        let list = page.back ?? Addresses.list(plural)
        do {
            try await page.call.engine.beginUndo(ofBulk: id, as: page.actor, enqueue: leaving(page.call))
        } catch let problem as Problem where problem.kind == .conflict {
            return page.go(to: list, .bad, problem.message)
        } catch let problem as Problem where problem.kind == .notFound {
            return page.go(to: list, .bad, PageTexts.noLongerKept)
        }
        return try await goOn(page, object, id, list)
    }
}
