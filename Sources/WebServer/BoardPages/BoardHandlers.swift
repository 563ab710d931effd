import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Boards of objects whose records move from stage to stage.
    static let boards: [Route] = [
        list("/{plural}/board", BoardHandlers.show),
        post("/{plural}/{id}/board", BoardHandlers.move),
    ]
}

/// The board of an object.
enum BoardHandlers {
    /// How many cards a column shows at first.
    private static let size = 20
    /// After how many days in one stage a card is marked.
    private static let stuckDays = 30

    static func show(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        return try await page.show { session in
            let object = try session.object(plural)
            let model = try board(object, page, session)
            var body = PageBody(
                page.context(object.pluralLabel) + " · " + page.context(ViewTexts.board),
                Board.html(model, in: page.context),
                current: Addresses.list(object.plural)
            )
            body.scripts = [ThirdParty.sortable, Assets.board, Assets.live].compactMap(\.self)
            return body
        }
    }

    // MARK: What it shows

    private static func board(_ object: ObjectDefinition, _ page: PageCall, _ session: ReadSession) throws -> BoardModel
    {
        guard let field = StageField.of(object), session.right(on: field, of: object) != .hidden else {
            throw Problem.noSuchAddress
        }
        var state = try ListHandlers.state(page, object, session)
        state.path += "/board"
        let context = page.context
        let (pipeline, pipelines) = pipeline(field, object, page, session)
        let stages = field.kind.choices.filter { !$0.hidden && ($0.group == nil || $0.group == pipeline?.key) }
        let figures = try figures(object, field, pipeline, state, session)
        let lanes = try stages.map { stage in
            try lane(stage, field, pipeline, figures[stage.key], state, object, page, session)
        }
        var filter = FilterModel(
            action: state.path,
            object: object.pluralLabel,
            search: state.search,
            filter: state.filter
        )
        filter.keep = state.hidden(without: ["q"])
        var model = BoardModel(
            object: object.label,
            objects: object.pluralLabel,
            views: try ListHandlers.tabs(state, object, page, session),
            filter: filter,
            pipelines: pipelines.map {
                TabModel(context($0.label), state.address(("pipeline", $0.key)), current: $0.key == pipeline?.key)
            },
            lanes: lanes,
            field: field.key,
            list: state.address(Addresses.list(object.plural))
        )
        let chips = FilterChipBuilder(state, object, session, page)
        model.chips = chips?.node()
        model.addFilter = chips?.addAddress ?? state.address(("edit", "new"))
        model.clearFilter = state.with(filter: "").address()
        model.editor = try FilterHandlers.editor(state, object, session, page)
        if session.actor.rights.on(object.key).create { model.create = Addresses.create(object.plural) }
        return model
    }

    /// The pipeline that the address asks for, and all there are.
    private static func pipeline(
        _ field: FieldDefinition,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) -> (Choice?, [Choice]) {
        let groups = Set(field.kind.choices.compactMap(\.group))
        guard let flow = PipelineField.of(object), session.right(on: flow, of: object) != .hidden else {
            return (nil, [])
        }
        let all = flow.kind.choices.filter { !$0.hidden && groups.contains($0.key) }
        return (all.first { $0.key == page.call.query["pipeline"] } ?? all.first, all)
    }

    /// Count and sum by stage, where they are kept.
    private static func figures(
        _ object: ObjectDefinition,
        _ field: FieldDefinition,
        _ pipeline: Choice?,
        _ state: ListState,
        _ session: ReadSession
    ) throws -> [String: RecordGroup] {
        guard let kept = object.keptSums.first(where: { $0.by.contains(field.key) }) else { return [:] }
        let flow = PipelineField.of(object).flatMap { kept.by.contains($0.key) ? $0.key : nil }
        let sum = kept.sum.flatMap { key in
            object.field(key).flatMap { session.right(on: $0, of: object) == .hidden ? nil : key }
        }
        let keys = [flow].compactMap(\.self) + [field.key]
        guard let groups = try session.knownGroups(object, by: keys, sum: sum, state.query(limit: 1)) else {
            return [:]
        }
        let own = groups.filter { flow == nil || pipeline == nil || $0.values[0].text == pipeline?.key }
        return Dictionary(own.map { ($0.values.last?.text ?? "", $0) }) { first, _ in first }
    }

    private static func lane(
        _ stage: Choice,
        _ field: FieldDefinition,
        _ pipeline: Choice?,
        _ figure: RecordGroup?,
        _ state: ListState,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> LaneModel {
        let isAsked = page.call.query["stage"] == stage.key
        var query = state.query(limit: isAsked ? 100 : size)
        var conditions = [state.filter.isEmpty ? "" : "(" + state.filter + ")", "\(field.key) = \"\(stage.key)\""]
        if let pipeline, let flow = PipelineField.of(object) {
            conditions.append("\(flow.key) = \"\(pipeline.key)\"")
        }
        query.cursor = nil
        let outcome = stage.outcome ?? "open"
        let isOpen = outcome == "open"
        let readable = Set(session.readableFields(object).map(\.key))
        // Where the outcome follows the stage it says nothing new, but finds the records in their order.
        let follows = object.statedTogether.contains { $0.contains(field.key) && $0.contains("outcome") }
        if follows, readable.contains("outcome") { conditions.append("outcome = \"\(outcome)\"") }
        query.filter = conditions.filter { !$0.isEmpty }.joined(separator: " and ")
        if state.sort.isEmpty {
            query.sort = isOpen ? ["close_on"] : ["-closed_on"]
            query.sort = query.sort.filter { readable.contains($0.replacing("-", with: "")) }
        }
        let wanted = [object.nameField, "customer", "amount", "close_on", "owner", "stage_changed_at", "version"]
        query.fields = wanted.filter(readable.contains)
        let result = try session.list(object, query)
        let mayMove =
            session.actor.rights.on(object.key).update != .none && session.right(on: field, of: object) == .full
        let cards = result.rows.map { card($0, result.plan, isOpen: isOpen, mayMove: mayMove, object, page, session) }
        let isWhole = result.next == nil
        return LaneModel(
            key: stage.key,
            label: page.context(stage.label),
            outcome: stage.outcome ?? "open",
            count: figure.map { Int($0.count) } ?? (isWhole ? cards.count : nil),
            sum: figure.flatMap { sum($0.sum, page, session) },
            cards: cards,
            more: isWhole ? nil : state.address(("stage", stage.key), ("pipeline", pipeline?.key ?? ""))
        )
    }

    private static func sum(_ minor: Int64, _ page: PageCall, _ session: ReadSession) -> String? {
        minor == 0
            ? nil : Format.shortMoney(Money(minor: minor, currency: session.schema.baseCurrency), page.context.language)
    }

    private static func card(
        _ row: RecordRow,
        _ plan: ReadPlan,
        isOpen: Bool,
        mayMove: Bool,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) -> CardModel {
        let context = page.context
        let reader = CellReader(session: session, context: context)
        func cell(_ key: String) -> CellValue { plan.slot(key).map { reader.cell($0, of: row) } ?? .empty }
        let id = row.id.description
        let address = Addresses.record(object.plural, id)
        var marks: [String] = []
        if isOpen {
            if case .instant(let since) = cell("stage_changed_at") {
                let days = Int((context.now.milliseconds - since.milliseconds) / 86_400_000)
                if days >= stuckDays { marks.append(context(BoardTexts.stuck(days))) }
            }
            if case .day(let due) = cell("close_on"), due < context.today { marks.append(context(BoardTexts.overdue)) }
        }
        let customer: CellValue = if case .link(let name, _) = cell("customer") { .text(name) } else { .empty }
        let amount: CellValue =
            if case .money(let money) = cell("amount") { .text(Format.shortMoney(money, context.language)) } else {
                .empty
            }
        let version = plan.slot("version").flatMap { row.values($0).first?.integer } ?? 0
        return CardModel(
            id: id,
            href: address,
            title: row.title(plan, in: context),
            version: String(version),
            facts: [customer, amount, cell("close_on")],
            person: plan.slot("owner").flatMap { row.name($0) },
            marks: marks,
            action: mayMove ? address + "/board" : nil
        )
    }

    // MARK: Moving

    /// Moves a card; to the script answers the heads of the columns and the card, else leads back to the board.
    static func move(_ page: PageCall) async throws -> Reply {
        let (plural, id, form) = (page.call.parameter("plural"), try page.call.recordID(), page.form)
        let isPart = form.isOn("_part")
        do {
            let (object, label) = try await page.write { session in
                let object = try session.object(plural)
                guard let field = StageField.of(object) else { throw Problem.noSuchAddress }
                let stage = form.text(field.key)
                let input = JSONValue.object([.init(key: field.key, value: .string(stage))])
                try session.update(object, id, input, version: Int64(form.text("_version")))
                return (object, field.kind.choices.first { $0.key == stage }?.label ?? field.label)
            }
            guard isPart else {
                let back = page.back ?? Addresses.list(plural) + "/board"
                return page.go(to: back, .ok, PageTexts.movedTo(label))
            }
            return try await page.read { session in
                let model = try board(object, page.asking(page.back ?? ""), session)
                var reply = Reply.html(Board.changes(model, card: id.description, in: page.context).bytes)
                reply.headers[.contentSecurityPolicy] = Assets.contentSecurityPolicy
                return reply
            }
        } catch let problem as Problem where problem.isAboutInput || problem.kind == .forbidden {
            let message = problem.fields.first?.message ?? problem.message
            let edit = Addresses.edit(plural, id.description)
            guard isPart else {
                if problem.kind == .invalid { return try await FormHandlers.editAgain(page, plural, id, problem) }
                return page.go(to: page.back ?? Addresses.list(plural) + "/board", .bad, message)
            }
            return Reply.object(HTTPResponse.Status(code: problem.kind.rawValue)) { json in
                json.member("message", page.context(message))
                json.member("edit", problem.kind == .invalid ? edit : "")
                json.member("word", page.context(BoardTexts.fillIn))
            }
        }
    }
}

/// The field that says which pipeline a record is in.
enum PipelineField {
    /// A choice field whose keys are the groups of the stages; nil when there is only one pipeline.
    static func of(_ object: ObjectDefinition) -> FieldDefinition? {
        guard let stage = StageField.of(object) else { return nil }
        let groups = Set(stage.kind.choices.compactMap(\.group))
        guard !groups.isEmpty else { return nil }
        return object.visibleFields.first { field in
            guard case .choice(let choices) = field.kind, field.key != stage.key else { return false }
            return groups.isSubset(of: Set(choices.map(\.key)))
        }
    }
}
