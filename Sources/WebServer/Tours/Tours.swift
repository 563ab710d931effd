import Identity
import Pages
import Records
import Values

extension PageRoutes {
    /// Short tours.
    static let tours: [Route] = [get("/tour", TourHandlers.begin), post("/tour/end", TourHandlers.end)]
}

/// A step of a tour: a page, and what can be done there.
struct TourStep: Sendable {
    let key: String
    let address: String
    let text: Label
}

/// Which pages a person is shown at first. It follows from what they may do, not from the name of a role.
enum Tours {
    /// At most so many steps: a tour takes two minutes.
    private static let most = 6

    /// The steps for somebody.
    static func steps(_ actor: Actor) -> [TourStep] {
        let rights = actor.rights
        var steps: [TourStep] = []
        if rights.allows(.users) { steps.append(people) }
        if rights.on("customer").importing { steps.append(importing) }
        if rights.allows(.schema) { steps.append(fields) }
        if rights.on("customer").read > .own { steps += [team, reports] }
        if rights.allows(.costs) { steps.append(costs) }
        if rights.on("customer").read != .none { steps.append(find) }
        if rights.on("activity").create { steps.append(log) }
        if rights.on("opportunity").update != .none { steps.append(board) }
        steps.append(today)
        return Array(steps.prefix(most))
    }

    private static let people = TourStep(
        key: "people",
        address: Addresses.users,
        text: Label(
            "Invite your people here. The role decides what each may see and do.",
            zh: "在这里邀请同事，并用角色决定每个人能看什么、做什么。"
        )
    )
    private static let importing = TourStep(
        key: "import",
        address: "/imports/new?object=customers",
        text: Label(
            "Bring your customers in from a spreadsheet. You see first what will happen, and can undo it.",
            zh: "用 Excel 或 CSV 导入客户：先预览结果，导入后也可以整批撤销。"
        )
    )
    private static let fields = TourStep(
        key: "fields",
        address: Addresses.objects + "/customer",
        text: Label(
            "A field that you miss is added here and is at once in forms, lists, filters and imports.",
            zh: "缺什么字段在这里加，表单、列表、筛选和导入立即可用。"
        )
    )
    private static let team = TourStep(
        key: "team",
        address: "/?who=team",
        text: Label(
            "What your people have to do: late tasks, deals that stand still, customers nobody speaks to.",
            zh: "团队的待办一目了然：逾期任务、停滞商机、久未联系的客户。"
        )
    )
    private static let reports = TourStep(
        key: "reports",
        address: Addresses.reports,
        text: Label(
            "Figures of the team. Every mark leads to its records; copy a dashboard to arrange your own.",
            zh: "团队数据看板：点图表即可查看对应记录，复制后可按自己的习惯调整。"
        )
    )
    private static let costs = TourStep(
        key: "costs",
        address: "/costing",
        text: Label(
            "What every customer costs and earns, month by month. Each figure opens what it is made of.",
            zh: "每个客户花了多少、赚了多少，按月可查，每个数字都能点开看明细。"
        )
    )
    private static let find = TourStep(
        key: "find",
        address: Addresses.list("customers"),
        text: Label(
            "Type a part of the name, pinyin initials or digits of a phone number. Filters can be kept as views.",
            zh: "输入名称、拼音首字母或电话片段即可查找；常用筛选可以存为视图。"
        )
    )
    private static let log = TourStep(
        key: "log",
        address: Addresses.create("activities"),
        text: Label(
            "Write down calls, visits and meetings here, or faster on the customer's own page, with the next step.",
            zh: "在这里记录电话、拜访和会议；在客户详情页里写更快，还能顺手定下一步。"
        )
    )
    private static let board = TourStep(
        key: "board",
        address: "/opportunities/board",
        text: Label(
            "Drag a card to its next stage. What stands too long is marked.",
            zh: "拖动卡片推进商机阶段，停留过久的会自动标出。"
        )
    )
    private static let today = TourStep(
        key: "today",
        address: "/?who=me",
        text: Label("Begin each day here: all that is due, in one place.", zh: "每天从首页开始：该做的事都在这里。")
    )
}

/// Showing tours.
enum TourHandlers {
    /// Where a person's decision is kept: they have seen the tour, or do not want it.
    private static func setting(_ actor: Actor) -> String { "tour_ended:\(actor.userID?.description ?? "")" }

    /// Leads to the first step.
    static func begin(_ page: PageCall) throws -> Reply {
        guard let first = try Tours.steps(page.actor).first else { return page.go(to: "/") }
        return page.go(to: address(first))
    }

    /// Remembers that the person has had enough.
    static func end(_ page: PageCall) async throws -> Reply {
        let key = setting(try page.actor)
        try await page.write { try SetupHandlers.set(key, "1", $0) }
        return page.go(to: "/", .ok, TourWords.ended)
    }

    /// What the start page says to somebody who has not decided yet; empty for everybody else.
    static func invitation(_ page: PageCall, _ session: ReadSession) throws -> HTML {
        guard session.actor.userID != nil, page.call.query["tour"] == nil,
            try SetupHandlers.setting(setting(session.actor), session) == nil
        else {
            return .empty
        }
        return TourBar.invitation(begin: "/tour", end: "/tour/end", in: page.context)
    }

    /// The step that the address names, for the frame of its page.
    static func bar(_ page: PageCall, _ actor: Actor) -> HTML {
        guard let key = page.call.query["tour"] else { return .empty }
        let steps = Tours.steps(actor)
        guard let place = steps.firstIndex(where: { $0.key == key }) else { return .empty }
        return TourBar.step(
            page.context(steps[place].text),
            place: place + 1,
            of: steps.count,
            next: place + 1 < steps.count ? address(steps[place + 1]) : nil,
            end: "/tour/end",
            in: page.context
        )
    }

    private static func address(_ step: TourStep) -> String {
        step.address + (step.address.contains("?") ? "&" : "?") + "tour=" + step.key
    }
}

/// What tours say.
enum TourWords {
    static let ended = Label("The tour is over. Ctrl K finds every page.", zh: "导览已结束。按 Ctrl K 可随时查找任何页面。")
}
