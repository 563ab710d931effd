import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// The page that builds a report, and keeping it.
enum ReportHandlers {
    static func show(_ page: PageCall) async throws -> Reply {
        let (body, schema, isWrong) = try await page.read { session in
            let (request, saved) = try request(page, session)
            let object = try session.object(request.object)
            var model = try model(request, saved, object, page, session)
            var isWrong = false
            do {
                let title = saved.flatMap { $0.request == request ? $0.report.name : nil }
                model.report = try ReportMaker(request, page, session).model(title: title)
            } catch let problem as Problem where problem.isOfReport {
                model.error = page.context(problem.fields.first?.message ?? problem.message)
                isWrong = true
            }
            let html = ReportPage.html(model, in: page.context)
            let crumbs = [Crumb(page.context(ReportTexts.reports), Addresses.reports)]
            var body = PageBody(model.title, html, current: Addresses.reports, crumbs: crumbs)
            body.bar = try page.bar(session)
            return (body, session.schema, isWrong)
        }
        return page.html(body, schema: schema, status: isWrong ? .badRequest : .ok)
    }

    typealias Kept = (report: SavedReport, request: ReportRequest?)

    /// What the address asks for: parameters, a kept report, or what a person begins with.
    private static func request(_ page: PageCall, _ session: ReadSession) throws -> (ReportRequest, Kept?) {
        let query = page.call.query
        var kept: Kept?
        if let id = try query.id("saved") {
            let report = try session.savedReport(.report, id)
            kept = (report, ReportRequest(try? JSONReader.parse(report.body)))
        }
        if let asked = ReportRequest({ query[$0] }) { return (asked, kept) }
        if let request = kept?.request { return (request, kept) }
        let objects = objects(session)
        guard let first = objects.first(where: { $0.key == "opportunity" }) ?? objects.first else {
            throw Problem.notFound
        }
        var request = ReportRequest(first.plural)
        let groups = groups(first, session, page.context)
        request.group = groups.first { $0.value == "stage" }?.value ?? groups.first?.value ?? ""
        return (request, kept)
    }

    private static func objects(_ session: ReadSession) -> [ObjectDefinition] {
        session.schema.objects.filter { !$0.hidden && (try? session.object($0.plural)) != nil }
    }

    // MARK: What can be chosen

    private static func model(
        _ request: ReportRequest,
        _ kept: Kept?,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> ReportBuilderModel {
        let context = page.context
        var state = ListState(page, object, [], chosen: nil)
        (state.path, state.filter) = (Addresses.newReport, request.filter)
        state.extra = request.parameters + (kept.map { [("saved", $0.report.id.description)] } ?? [])
        var model = ReportBuilderModel(
            title: kept?.report.name ?? context(ReportTexts.new),
            choices: choices(request, object, session, context),
            part: request.part,
            compares: request.compares,
            keep: [Option("filter", request.filter)].filter { !$0.label.isEmpty }
                + (kept.map { [Option("saved", $0.report.id.description)] } ?? []),
            addFilter: state.address(("edit", "new")),
            clearFilter: state.with(filter: "").address()
        )
        let chips = FilterChipBuilder(state, object, session, page)
        model.chips = chips?.node()
        if let chips { model.addFilter = chips.addAddress }
        model.editor = try FilterHandlers.editor(state, object, session, page)
        model.saved = request.all.map { Option($0.0, $0.1) }
        if let kept {
            model.saved.append(Option("saved", kept.report.id.description))
            model.name = kept.report.name
            model.mayChange = session.mayChange(kept.report)
            model.sharedWith = kept.report.sharing.rawValue
        } else {
            model.title = (try? ReportMaker(request, page, session).name) ?? model.title
        }
        model.sharing = sharing(session, kept?.report.sharing ?? .own, context)
        model.dashboards = try session.savedReports(.dashboard).filter(session.mayChange)
            .map { Option($0.id.description, $0.name) }
        return model
    }

    /// With whom a report can be shared.
    static func sharing(_ session: ReadSession, _ now: SavedView.Sharing, _ context: PageContext) -> [Option] {
        let labels: [SavedView.Sharing: Label] = [
            .own: ViewTexts.own, .team: ViewTexts.team, .all: ViewTexts.everybody,
        ]
        let ways = session.viewSharing + (session.viewSharing.contains(now) ? [] : [now])
        return ways.map { Option($0.rawValue, context(labels[$0] ?? ViewTexts.own)) }
    }

    private static func choices(
        _ request: ReportRequest,
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ context: PageContext
    ) -> [ReportChoice] {
        let readable = session.readableFields(object)
        let groups = groups(object, session, context)
        let numbers = readable.filter(ReportMeasure.isSummed)
        let times = readable.filter { ReportAxis.isTime($0) && !$0.hidden }
        let ratios = numbers.map { "ratio." + $0.key }.joined(separator: ",")
        var choices = [
            ReportChoice(
                "object",
                ReportTexts.object,
                objects(session).map { Option($0.plural, context($0.pluralLabel)) },
                object.plural
            ),
            ReportChoice("what", ReportTexts.measure, measures(numbers, context), request.measure),
        ]
        if numbers.count > 1 {
            let fields = numbers.map { Option($0.key, context($0.label)) }
            choices.append(
                ReportChoice("over", Label("Divided by", zh: "除以"), fields, request.over, shownWhen: "what:" + ratios)
            )
        }
        choices += [
            ReportChoice("by", ReportTexts.group, [Option("", context(ReportTexts.noGroup))] + groups, request.group),
            ReportChoice(
                "then",
                ReportTexts.second,
                [Option("", context(ReportTexts.nothingElse))] + groups,
                request.second
            ),
            ReportChoice(
                "as",
                ReportTexts.kind,
                ReportShape.allCases.map { Option($0.rawValue, context($0.label)) },
                request.shape.rawValue
            ),
            ReportChoice(
                "when",
                ReportTexts.when,
                [Option("", context(ReportTexts.anyTime))] + times.map { Option($0.key, context($0.label)) },
                request.when
            ),
            ReportChoice(
                "span",
                ReportTexts.span,
                [Option("", context(ReportTexts.anyTime))]
                    + ReportSpan.allCases.map { Option($0.rawValue, context($0.label)) },
                request.span
            ),
        ]
        return choices
    }

    private static func groups(_ object: ObjectDefinition, _ session: ReadSession, _ context: PageContext) -> [Option] {
        session.readableFields(object).filter(ReportAxis.isGroup).flatMap { field -> [Option] in
            let label = context(field.label)
            guard ReportAxis.isTime(field) else { return [Option(field.key, label)] }
            return ReportDimension.Period.allCases.map {
                Option(field.key + "." + $0.rawValue, context(ReportTexts.by(label, ReportAxis.label(of: $0))))
            }
        }
    }

    private static func measures(_ numbers: [FieldDefinition], _ context: PageContext) -> [Option] {
        [Option("count", context(ReportTexts.count)), Option("share", context(ReportTexts.share))]
            + numbers.map { Option("sum." + $0.key, context(ReportTexts.sum(context($0.label)))) }
            + numbers.map { Option("avg." + $0.key, context(ReportTexts.average(context($0.label)))) }
            + (numbers.count < 2
                ? []
                : numbers.map { Option("ratio." + $0.key, context(ReportTexts.ratio(context($0.label), "…"))) })
    }

    // MARK: Keeping

    static func keep(_ page: PageCall) async throws -> Reply {
        let form = page.form
        guard let request = ReportRequest({ form[$0] }) else { throw Problem.noSuchAddress }
        do {
            return try await page.write { session in
                // Nothing is kept that its maker cannot look at.
                _ = try ReportMaker(request, page, session)
                let old = try RecordID(form.text("saved")).map { try session.savedReport(.report, $0) }
                func address(_ id: RecordID) -> String {
                    WebAddress.path(Addresses.newReport, ["saved": id.description])
                }
                let sharing = SavedView.Sharing(rawValue: form.text("sharing")) ?? .own
                switch (form.text("_action"), old) {
                case ("delete", let old?):
                    try session.delete(.report, old.id)
                    return page.go(to: Addresses.reports, .ok, ReportTexts.deleted)
                case ("save", var old?):
                    (old.name, old.sharing, old.body) = (form.text("name"), sharing, request.json.text)
                    return page.go(to: address(try session.save(old)), .ok, ReportTexts.kept)
                case ("pin", _):
                    let tile = DashboardTile(form.text("title"), request)
                    let board = try DashboardHandlers.pin(tile, on: form.text("dashboard"), page, session)
                    return page.go(to: DashboardHandlers.address(board), .ok, ReportTexts.pinned)
                default:
                    let report = SavedReport(
                        .report,
                        name: form.text("name"),
                        sharing: sharing,
                        body: request.json.text
                    )
                    return page.go(to: address(try session.save(report)), .ok, ReportTexts.kept)
                }
            }
        } catch let problem as Problem where problem.isAboutInput || problem.kind == .forbidden {
            return page.go(to: request.address, .bad, problem.fields.first?.message ?? problem.message)
        }
    }
}
