import Expressions
import Schema
import Values

/// A small sales workspace: what the sentences of these tests are about.
enum SalesSchema {
    static let stages = [
        Choice("potential", Label("Potential", zh: "潜在")), Choice("interested", Label("Interested", zh: "有意向")),
        Choice("won", Label("Won", zh: "赢单")),
    ]
    static let industries = [
        Choice("retail", Label("Retail", zh: "零售")), Choice("finance", Label("Finance", zh: "金融")),
    ]

    static func field(_ key: String, _ kind: FieldKind, _ label: Label? = nil) -> FieldDefinition {
        FieldDefinition(id: key, key: key, label: label ?? Label(key, zh: key), kind: kind)
    }

    static let customer = ObjectDefinition.declared(
        "customer",
        plural: "customers",
        Label("Customer", zh: "客户"),
        many: Label("Customers", zh: "客户"),
        icon: "c",
        fields: [
            field("name", .text(max: 200), Label("Name", zh: "名称")), field("industry", .choice(industries)),
            field("phone", .phone), field("email", .email), field("tags", .tags), field("address", .address),
            field("credit", .money), field("score", .decimal(scale: 2)), field("active", .boolean),
            field("founded_on", .day), field("seen_at", .instant), field("parent", .link(to: "customer")),
            field(
                "channels",
                .multiChoice([Choice("web", Label("Web", zh: "网站")), Choice("fair", Label("Fair", zh: "展会"))])
            ),
            field("heat", .formula("if(score > 5, 1, 0) + count(tickets where status != \"closed\")", .number)),
            field("loop_a", .formula("loop_b + 1", .number)), field("loop_b", .formula("loop_a + 1", .number)),
            field("order_total", .rollUp("sum(orders.amount)", .number)),
        ]
    )
    static let opportunity = ObjectDefinition.declared(
        "opportunity",
        plural: "opportunities",
        Label("Opportunity", zh: "商机"),
        many: Label("Opportunities", zh: "商机"),
        icon: "o",
        fields: [
            field("name", .text(max: 200)), field("stage", .choice(stages)), field("amount", .money),
            field("customer", .link(to: "customer")), field("probability", .integer), field("close_on", .day),
            field("regarding", .anyLink),
        ]
    )
    static let order = ObjectDefinition.declared(
        "order_record",
        plural: "orders",
        Label("Order", zh: "订单"),
        many: Label("Orders", zh: "订单"),
        icon: "o",
        fields: [
            field("name", .text(max: 200)), field("amount", .money), field("ordered_on", .day),
            field("customer", .link(to: "customer")),
        ]
    )
    static let ticket = ObjectDefinition.declared(
        "ticket",
        plural: "tickets",
        Label("Ticket", zh: "工单"),
        many: Label("Tickets", zh: "工单"),
        icon: "t",
        fields: [
            field("name", .text(max: 200)),
            field(
                "status",
                .choice([Choice("open", Label("Open", zh: "未关闭")), Choice("closed", Label("Closed", zh: "已关闭"))])
            ),
            field("customer", .link(to: "customer")),
        ]
    )
    static let snapshot = SchemaSnapshot(version: 1, objects: [customer, opportunity, order, ticket])

    static func check(
        _ text: String,
        on object: String = "customer",
        expecting: ValueType? = .boolean
    ) throws -> CheckedExpression {
        try ExpressionChecker(schema: snapshot, object: object).check(text, expecting: expecting)
    }
}
