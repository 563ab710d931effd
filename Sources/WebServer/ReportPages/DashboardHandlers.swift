import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Dashboards and reports.
    static let reports: [Route] = [
        list(Addresses.reports, DashboardHandlers.show),
        post(Addresses.dashboards, DashboardHandlers.add),
        post("/dashboards/{id}", DashboardHandlers.change),
        list(Addresses.newReport, ReportHandlers.show),
        post(Addresses.reports, ReportHandlers.keep),
    ]
}

/// Dashboards: the standard ones, and those that people make and share.
enum DashboardHandlers {
    /// The most tiles of one dashboard: each is a statement or two.
    private static let mostTiles = 20

    static func address(_ id: String, arrange: Bool = false) -> String {
        WebAddress.path(Addresses.reports, ["board": id, "arrange": arrange ? "1" : ""])
    }

    static func tiles(of body: String) -> [DashboardTile] {
        guard let json = try? JSONReader.parse(body) else { return [] }
        return (json["tiles"]?.array ?? []).compactMap(DashboardTile.init)
    }

    static func body(_ tiles: [DashboardTile]) -> String {
        JSONValue.object([.init(key: "tiles", value: .array(tiles.map(\.json)))]).text
    }

    // MARK: Showing

    static func show(_ page: PageCall) async throws -> Reply {
        try await page.show { session in
            let (context, asked) = (page.context, page.call.query["board"] ?? "")
            let kept = try session.savedReports(.dashboard)
            let own = kept.first { $0.id.description == asked }
            let standard = StandardDashboards.all.first { $0.key == asked } ?? StandardDashboards.all[0]
            let tiles = own.map { Self.tiles(of: $0.body) } ?? Self.tiles(of: standard, context)
            let chosen = own?.id.description ?? standard.key
            var model = DashboardModel(
                title: own?.name ?? context(standard.label),
                tabs: tabs(kept, chosen, context),
                tiles: try tiles.enumerated().compactMap { try tile($1, $0, isKept: own != nil, page, session) }
            )
            if let own, session.mayChange(own) {
                model.action = Addresses.dashboards + "/" + own.id.description
                model.isArranged = page.call.query["arrange"] == "1"
                model.arrange = address(own.id.description, arrange: !model.isArranged)
                model.sharing = ReportHandlers.sharing(session, own.sharing, context)
                model.sharedWith = own.sharing.rawValue
            } else {
                model.copy = Addresses.dashboards + "/" + chosen
            }
            model.kept = try session.savedReports(.report).map {
                Crumb($0.name, WebAddress.path(Addresses.newReport, ["saved": $0.id.description]))
            }
            model.follows = Set(tiles.map(\.request.object)).sorted()
            let title = context(ReportTexts.reports) + " · " + model.title
            var body = PageBody(title, DashboardPage.html(model, in: context), current: Addresses.reports)
            body.scripts =
                model.isArranged ? [ThirdParty.sortable, Assets.tiles].compactMap(\.self) : [Assets.live]
            return body
        }
    }

    private static func tiles(of board: StandardDashboards.Dashboard, _ context: PageContext) -> [DashboardTile] {
        board.tiles.map { DashboardTile(context($0.title), $0.request, isWide: $0.isWide) }
    }

    private static func tabs(_ kept: [SavedReport], _ chosen: String, _ context: PageContext) -> [TabModel] {
        StandardDashboards.all.map { TabModel(context($0.label), address($0.key), current: $0.key == chosen) }
            + kept.map { TabModel($0.name, address($0.id.description), current: $0.id.description == chosen) }
    }

    /// A report that the person may not see is left out of a standard dashboard, and said on one that was made.
    private static func tile(
        _ tile: DashboardTile,
        _ place: Int,
        isKept: Bool,
        _ page: PageCall,
        _ session: ReadSession
    ) throws -> TileModel? {
        do {
            let report = try ReportMaker(tile.request, page, session).model(title: tile.title)
            return TileModel(report, title: tile.title, isWide: tile.isWide, place: place)
        } catch let problem as Problem where problem.isOfReport {
            return isKept ? TileModel(nil, title: tile.title, isWide: false, place: place) : nil
        }
    }

    // MARK: Changing

    static func add(_ page: PageCall) async throws -> Reply {
        try await page.write { session in
            let name = page.context(ReportTexts.newDashboard)
            let id = try session.save(SavedReport(.dashboard, name: name, body: body([])))
            return page.go(to: address(id.description, arrange: true))
        }
    }

    static func change(_ page: PageCall) async throws -> Reply {
        let (form, id) = (page.form, page.call.parameter("id"))
        do {
            return try await page.write { session in
                if form.text("_action") == "copy" { return try copy(id, page, session) }
                guard let number = RecordID(id) else { throw Problem.notFound }
                var board = try session.savedReport(.dashboard, number)
                if form.text("_action") == "delete" {
                    try session.delete(.dashboard, number)
                    return page.go(to: Addresses.reports, .ok, ReportTexts.deleted)
                }
                if form.text("_action") == "rename" {
                    board.name = form.text("name")
                    board.sharing = SavedView.Sharing(rawValue: form.text("sharing")) ?? board.sharing
                    try session.save(board)
                    return page.go(to: address(id), .ok, PageTexts.saved)
                }
                var tiles = Self.tiles(of: board.body)
                arrange(&tiles, Int(form.text("tile")) ?? -1, form.text("_action"), to: Int(form.text("to")) ?? -1)
                board.body = body(tiles)
                try session.save(board)
                return page.go(to: address(id, arrange: true))
            }
        } catch let problem as Problem where problem.isAboutInput || problem.kind == .forbidden {
            return page.go(to: address(id), .bad, problem.fields.first?.message ?? problem.message)
        }
    }

    private static func arrange(_ tiles: inout [DashboardTile], _ place: Int, _ action: String, to goal: Int) {
        guard tiles.indices.contains(place) else { return }
        switch action {
        case "forward" where place > 0: tiles.swapAt(place, place - 1)
        case "back" where place < tiles.count - 1: tiles.swapAt(place, place + 1)
        case "move" where tiles.indices.contains(goal): tiles.insert(tiles.remove(at: place), at: goal)
        case "wide": tiles[place].isWide = true
        case "narrow": tiles[place].isWide = false
        case "remove": tiles.remove(at: place)
        default: break
        }
    }

    private static func copy(_ id: String, _ page: PageCall, _ session: WriteSession) throws -> Reply {
        let made: RecordID
        if let standard = StandardDashboards.all.first(where: { $0.key == id }) {
            let tiles = Self.tiles(of: standard, page.context)
            made = try session.save(SavedReport(.dashboard, name: page.context(standard.label), body: body(tiles)))
        } else {
            guard let number = RecordID(id) else { throw Problem.notFound }
            let other = try session.savedReport(.dashboard, number)
            made = try session.save(SavedReport(.dashboard, name: other.name, body: other.body))
        }
        return page.go(to: address(made.description, arrange: true))
    }

    /// Puts a report at the end of a dashboard of the person, or of a new one.
    static func pin(_ tile: DashboardTile, on id: String, _ page: PageCall, _ session: WriteSession) throws -> String {
        guard let number = RecordID(id) else {
            let name = page.context(ReportTexts.newDashboard)
            return try session.save(SavedReport(.dashboard, name: name, body: body([tile]))).description
        }
        var board = try session.savedReport(.dashboard, number)
        let tiles = Self.tiles(of: board.body)
        guard tiles.count < mostTiles else {
            throw Problem.invalid(
                "dashboard",
                "too_many",
                Label("This dashboard is full: 20 reports are the most.", zh: "该仪表盘已满（最多 20 个报表）。")
            )
        }
        board.body = body(tiles + [tile])
        return try session.save(board).description
    }
}

extension Problem {
    /// True when a report cannot be made as it is asked for: its reader may not see something, or it asks for too much.
    var isOfReport: Bool { [.malformed, .tooLarge, .notFound, .invalid].contains(kind) }
}
