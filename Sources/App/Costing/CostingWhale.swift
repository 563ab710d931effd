import Costing
import Customers
import Expressions
import Identity
import Pages
import Records
import Schema
import Values
import WebServer

/// The whale curve: looking at it, choosing a stretch of it, and doing something with its customers.
enum CostingWhale {
    static let routes: [FeatureRoute] = [
        FeatureRoute(.page, address, page), FeatureRoute(.form, address + "/tag", tag),
        FeatureRoute(.form, address + "/tasks", tasks),
    ]

    private static let address = "/costing/whale"
    /// The most customers that become a segment at once, and that give tasks at once.
    private static let (mostTagged, mostTasks) = (2000, 100)

    /// The places of the curve that were asked for.
    private static func places(_ text: (String) -> String) -> ClosedRange<Int>? {
        guard let first = Int(text("first")), let last = Int(text("last")), (1...100_000_000).contains(first) else {
            return nil
        }
        return first...min(100_000_000, max(first, last))
    }

    private static func page(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let span = try await CostingSpan(request)
        let places = places(request.query)
        let curve = try await request.read {
            try WhaleReader.curve(from: span.from, to: span.to, filter: span.filter, places: places, $0)
        }
        let html = WhalePage.html(
            curve,
            places: places,
            mayTag: request.actor.rights.on(Customer.key).update != .none,
            mayTask: request.actor.rights.on(Activity.key).create,
            span.frame(request)
        )
        return .page(request.context(Label("Cost & profit", zh: "成本与利润")), html, current: "/costing", crumbs: [])
    }

    /// The customers of the stretch that a form is about, the best first, and the address of the curve.
    private static func chosen(_ request: FeatureRequest, _ most: Int) async throws -> (ids: [RecordID], back: String) {
        let span = try await CostingSpan(request, from: request.form)
        guard let places = places(request.form) else { throw Problem.notFound }
        let ids = try await request.read {
            try WhaleReader.stretch(places, from: span.from, to: span.to, filter: span.filter, limit: most, $0)
        }
        let asked = ["first": String(places.lowerBound), "last": String(places.upperBound)] as KeyValuePairs
        return (ids, span.frame(request).address(address, asked))
    }

    /// Makes a segment of them: a tag, which every filter knows.
    private static func tag(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (tag, actor) = (request.form("tag"), request.actor)
        let (ids, back) = try await chosen(request, mostTagged)
        guard !tag.isEmpty, tag.count <= 40, !tag.contains("|"), !tag.contains("\"") else {
            return .refused(back, Label("Type a tag of up to 40 characters.", zh: "请填写 40 字以内的标签。"))
        }
        guard !ids.isEmpty else { return .refused(back, CostTexts.nobody) }
        let action = BulkAction.tag(field: Customer.fields.tags.definition.key, tag: tag, add: true)
        let run = try await request.engine.beginBulk(
            "customers",
            BulkSelection(ids: ids),
            action,
            as: actor,
            enqueue: request.leaving()
        )
        while try await request.engine.workOnBulk(run, as: actor) {}
        let done = try await request.engine.bulkRun(run, as: actor)
        return .go(
            WebAddress.path("/customers", ["filter": "tags contains \"\(tag)\""]),
            Label("\(done.changed) customers were tagged.", zh: "已为 \(done.changed) 家客户打上标签。")
        )
    }

    /// Gives whoever looks after one of them a task.
    private static func tasks(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let subject = request.form("subject")
        let (ids, back) = try await chosen(request, mostTasks)
        guard !subject.isEmpty, subject.count <= 200 else {
            return .refused(back, Label("Say what is to be done.", zh: "请填写任务内容。"))
        }
        guard !ids.isEmpty else { return .refused(back, CostTexts.nobody) }
        let made = try await request.engine.write(as: request.actor) { session in
            let customers = try session.records(try session.object("customers"), ids)
            let due = session.expressionContext.today.adding(days: 7)
            for customer in customers {
                try session.create(Activity.self) { task in
                    task.kind = "task"
                    task.subject = subject
                    task.customer = customer.id
                    task.assignee = customer.owner ?? session.actor.userID
                    task.dueOn = due
                }
            }
            return customers.count
        }
        return .go(back, Label("\(made) tasks were given.", zh: "已下达 \(made) 项任务。"))
    }

    private enum CostTexts {
        static let nobody = Label("There is nobody in this stretch.", zh: "该区间没有客户。")
    }
}
