import Costing
import Records
import Schema
import TestFirm
import Testing
import Values

/// Tickets, quotes and orders need no object of the program: whatever has a customer, a time and perhaps minutes feeds
/// the ledger.
@Suite struct SourceTests {
    private struct Kind {
        let key: String
        let zh: String
        let pool: String
        let category: String
        let equation: String
    }

    private static let kinds = [
        Kind(key: "ticket", zh: "工单", pool: "support", category: "service", equation: "6 + 4 * coalesce(x_count, 0)"),
        Kind(key: "quote", zh: "报价", pool: "sales", category: "acquisition", equation: "20 * coalesce(x_count, 1)"),
        Kind(key: "order", zh: "订单", pool: "sales", category: "maintenance", equation: "9"),
    ]

    private func define(_ kind: Kind, _ books: Books) async throws {
        let (engine, head) = (books.firm.engine, books.firm.head)
        func text(_ json: String) throws -> JSONValue { try JSONReader.parse(json) }
        try await engine.apply(
            .addObject(try text(#"{"key":"\#(kind.key)","label":{"en":"\#(kind.key)","zh":"\#(kind.zh)"}}"#)),
            as: head
        )
        for (key, more) in [
            ("customer", #""kind":"link","to":"customer""#), ("minutes", #""kind":"number""#),
            ("count", #""kind":"number""#), ("day", #""kind":"date""#),
            ("product", #""kind":"link","to":"product""#), ("reason", #""kind":"text""#),
        ] {
            let field = #"{"key":"\#(key)","label":{"en":"\#(key)","zh":"\#(key)"},\#(more)}"#
            try await engine.apply(.addField(object: "x_\(kind.key)", try text(field)), as: head)
        }
        let pool = try #require(books.pools[kind.pool])
        try await books.make(
            "cost_activities",
            """
            {"name":"\(kind.zh)","pool":"\(pool)","category":"\(kind.category)","source":"x_\(kind.key)",
            "minutes":"\(kind.equation)","logged":"x_minutes","customer":"x_customer","moment":"x_day",
            "product":"x_product","reason":"x_reason"}
            """
        )
    }

    @Test func `tickets, quotes and orders that are imported cost what their minutes or their equation say`()
        async throws
    {
        let books = try await Books.open()
        let (firm, c) = (books.firm, try #require(books.customers["C"]))
        for kind in Self.kinds { try await define(kind, books) }
        let product = try await books.make("products", #"{"name":"球阀"}"#)
        for (plural, rest) in [
            ("x_tickets", #""x_count":2,"x_product":"\#(product)","x_reason":"漏水""#),
            ("x_tickets", #""x_minutes":30,"x_product":"\#(product)","x_reason":"漏水""#),
            ("x_quotes", #""x_count":3"#), ("x_orders", #""x_minutes":5"#), ("x_orders", #""x_count":1"#),
        ] {
            let json = #"{"name":"导入","x_customer":"\#(c)","x_day":"2026-06-12",\#(rest)}"#
            try await books.make(plural, json)
        }
        try await books.runs.reckon(Books.month, by: firm.head)
        let statement = try await books.statement("C")
        // Support 1.20 a minute, sales 3.00: tickets 14 and 30 minutes, orders 5 and 9, the quote 60.
        #expect(statement.lines[.service] == 5280)
        #expect(statement.lines[.maintenance] == 18_300)
        let won = try await firm.engine.read(as: firm.head) {
            try EntryReader.page(of: c, month: Books.month, line: .acquisition, $0)
        }
        #expect(won.entries.contains { $0.object == "x_quote" && $0.seconds == 3600 && $0.method == "estimated" })
        let served = try await firm.engine.read(as: firm.head) {
            try EntryReader.page(of: c, month: Books.month, line: .service, $0)
        }
        #expect(Set(served.entries.map(\.method)) == ["logged", "estimated"] && served.total == 5280)
        #expect(served.entries.allSatisfy { $0.name == "导入" })
        let drivers = try await firm.engine.read(as: firm.head) {
            try DriverReader.drivers(by: .reason, from: Books.month, to: Books.month, $0)
        }
        #expect(drivers.contains { $0.name.zh == "漏水" && $0.amount == 5280 })
    }
}
