import Schema
import Customers
import Records
import Sales
import Values

/// The features of the product: a line each. A feature whose line is deleted is gone.
enum Modules {
    static let all: [Module] = [
        CustomersModule.module,
        SalesModule.module,
    ]

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
}
