import Costing
import Database
import Identity
import Records
import TestFirm
import Testing
import Values

@Suite struct GroupTests {
    /// Two months in which A and B buy two products, cost work and expenses for them, and have come by channels.
    private func books() async throws -> Books {
        let books = try await Books.open()
        let (a, b) = (try #require(books.customers["A"]), try #require(books.customers["B"]))
        var products: [RecordID] = []
        for name in ["云盘", "打印机"] { products.append(try await books.make("products", #"{"name":"\#(name)"}"#)) }
        for (customer, product, month, amount) in [
            (a, products[0], "05", "700.10"), (a, products[1], "06", "333.33"), (b, products[1], "06", "250"),
        ] {
            try await books.make(
                "sale_lines",
                """
                {"name":"P","customer":"\(customer)","product":"\(product)","day":"2026-\(month)-11","amount":"\(amount)",
                "goods":"99.99"}
                """
            )
        }
        for (customer, product, nature, amount) in [
            (a, products[0], "commission", "100.01"), (a, products[1], "commission", "77.77"),
            (b, products[1], "warranty", "12.34"), (b, products[0], "rebate", "5"),
        ] {
            try await books.make(
                "direct_costs",
                """
                {"name":"x","customer":"\(customer)","product":"\(product)","day":"2026-05-15","amount":"\(amount)",
                "nature":"\(nature)","reference":"G\(books.firm.engine.ids.next())"}
                """
            )
        }
        for (customer, channel, day) in [(a, "search", "02"), (a, "referral", "03"), (b, "referral", "04")] {
            try await books.make(
                "touches",
                #"{"customer":"\#(customer)","channel":"\#(channel)","happened_at":"2026-05-\#(day)T02:00:00Z"}"#
            )
        }
        for month in ["2026-05", "2026-06"] { try await books.runs.reckon(month, by: books.firm.head) }
        return books
    }

    @Test func `groups of each dimension come to the statement of the firm, line by line`() async throws {
        let books = try await books()
        let firm = try await books.firm.engine.read(as: books.firm.head) {
            try ProfitReader.months(from: "2026-05", to: "2026-06", $0).reduce(Statement.zero) { $0 + $1.statement }
        }
        for dimension in GroupDimension.allCases {
            let groups = try await books.firm.engine.read(as: books.firm.head) {
                try GroupReader.groups(by: dimension, from: "2026-05", to: "2026-06", $0)
            }
            #expect(groups.reduce(Statement.zero) { $0 + $1.statement } == firm, "\(dimension)")
            #expect(groups.count > 1 || dimension == .owner)
        }
    }

    @Test func `every figure of a group opens customers and their entries that sum to it`() async throws {
        let books = try await books()
        for dimension in GroupDimension.allCases {
            let keys = try await books.firm.engine.read(as: books.firm.head) {
                try GroupReader.groups(by: dimension, from: "2026-05", to: "2026-06", $0).map(\.key)
            }
            for key in keys {
                let months = try await books.firm.engine.read(as: books.firm.head) {
                    try GroupReader.months(of: key, by: dimension, from: "2026-05", to: "2026-06", $0).months
                }
                for month in months { try await check(month, key, dimension, books) }
            }
        }
    }

    private func check(_ month: ProfitReader.Month, _ key: String, _ dimension: GroupDimension, _ books: Books)
        async throws
    {
        let scope: EntryReader.ProductScope =
            dimension != .product ? .all : key == GroupReader.none ? .none : .of(try #require(RecordID(key)))
        for line in ProfitLine.allCases {
            let parts = try await books.firm.engine.read(as: books.firm.head) {
                try GroupReader.parts(of: key, by: dimension, month: month.month, line: line, $0)
            }
            #expect(parts.total == month.statement[line], "\(dimension) \(key) \(month.month) \(line)")
            #expect(parts.parts.reduce(0) { $0 + $1.amount } == parts.total)
            for part in parts.parts {
                let page = try await books.firm.engine.read(as: books.firm.head) {
                    try EntryReader.page(of: part.customer, month: month.month, line: line, product: scope, $0)
                }
                #expect(page.total == part.amount, "\(dimension) \(key) \(part.name ?? "") \(line)")
            }
        }
    }

    @Test func `by channel the first touch decides, by owner only customers to be seen count`() async throws {
        let books = try await books()
        let channels = try await books.firm.engine.read(as: books.firm.head) {
            try GroupReader.groups(by: .channel, from: "2026-06", to: "2026-06", $0)
        }
        #expect(channels.first { $0.key == "search" }?.statement[.sales] == Int64(8_033_333))
        #expect(channels.first { $0.key == "referral" }?.customers == 1)
        var chen = books.firm.chen
        chen.rights.capabilities.insert(.costs)
        let reader = chen
        #expect(
            try await books.firm.engine.read(as: reader) {
                try GroupReader.groups(by: .owner, from: "2026-06", to: "2026-06", $0)
            }.isEmpty
        )
        let id = try #require(books.customers["C"])
        try await books.firm.change(
            "customers",
            id,
            #"{"owner":"\#(chen.userID ?? RecordID(0))"}"#,
            as: books.firm.head
        )
        let own = try await books.firm.engine.read(as: reader) {
            try GroupReader.groups(by: .owner, from: "2026-06", to: "2026-06", $0)
        }
        #expect(own.map(\.customers) == [1] && own.first?.statement[.sales] == Int64(600_000))
    }
}
