import Alerts
import Costing
import Customers
import Duplicates
import Exchange
import Jobs
import Privacy
import Records
import Sales
import Schema
import Values
import WebServer
import Webhooks

/// The features of the product: a line each. A feature whose line is deleted is gone.
enum Modules {
    static let all: [Module] = [
        CustomersModule.module,
        SalesModule.module,
        CostingModule.module,
        ImportTables.module,
        Privacy.module,
        Alerts.module,
        WebhooksModule.module,
        DuplicatesModule.module,
        Module(name: "jobs", objects: [], tables: JobTables.statements),
    ]

    /// Which records are persons.
    static let persons = PersonRules(
        persons: [
            .init(Contact.key), .init(Lead.key), .init(Customer.key, when: "type", in: ["person"]),
        ],
        notes: [Activity.key, ContactRole.key],
        identifying: ["wechat", "id_number"],
        erasing: [{ person, session in try ErasedRows.add(person.identifiers, id: person.id, session) }],
        forgetting: [{ records, session in try ErasedRows.forgetFormer(records, session) }]
    )

    /// Figures over many records, by the name in `/reports/{name}`.
    static let reports: [String: @Sendable (ReadSession) throws -> JSONValue] = [
        "pipeline": { session in
            let currency = session.schema.baseCurrency
            return .array(
                try PipelineReport.byStage(session).map { line in
                    let amount = Money(minor: line.amount, currency: currency)
                    return .object([
                        .init(key: "pipeline", value: .string(line.pipeline)),
                        .init(key: "stage", value: .string(line.stage)),
                        .init(key: "count", value: .number(String(line.count))),
                        .init(
                            key: "amount",
                            value: .object([
                                .init(
                                    key: "value",
                                    value: .string(
                                        FixedPoint.text(amount.minor, digits: Currency.digits(currency) ?? 2)
                                    )
                                ),
                                .init(key: "currency", value: .string(currency)),
                            ])
                        ),
                    ])
                }
            )
        }
    ]

    /// What features show of one record, by the name in `/{plural}/{id}/{name}`.
    static let views: [String: RecordView] = [
        "timeline": RecordView(object: Customer.key) { request, session in
            let page = try Timeline.page(
                customer: request.id,
                before: request.cursor,
                limit: request.limit,
                session
            )
            return (page.items.map { json($0, request.language) }, page.next)
        }
    ]

    private static func json(_ item: TimelineItem, _ language: Language) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        return .object([
            .init(key: "kind", value: .string(item.kind.rawValue)),
            .init(key: "at", value: .string(item.at.description)),
            .init(key: "object", value: .string(item.object)),
            .init(key: "id", value: .string(item.id.description)),
            .init(key: "title", value: .string(item.title.text(language))),
            .init(key: "body", value: text(item.body)),
            .init(key: "actor", value: text(item.actorName)),
            .init(key: "activity_kind", value: text(item.activityKind)),
            .init(
                key: "changes",
                value: .array(
                    item.changes.map { change in
                        .object([
                            .init(key: "field", value: .string(change.field.text(language))),
                            .init(key: "before", value: .string(change.before.text(language))),
                            .init(key: "after", value: .string(change.after.text(language))),
                        ])
                    }
                )
            ),
        ])
    }
}
