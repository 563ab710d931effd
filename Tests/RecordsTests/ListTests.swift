import Database
import Identity
import Records
import SQLText
import Schema
import Testing
import Values

@Suite struct ListTests {
    @Test(arguments: [
        ["name"], ["-name"], ["staff"], ["-staff", "name"], ["-worth"], [], ["-created_at"], ["level", "-staff"],
    ])
    func `pages by cursor show every record once, in the order of one long page`(sort: [String]) async throws {
        let office = try await Office.open()
        for index in 0..<23 {
            let staff = index % 4 == 0 ? "null" : "\(index % 3)"
            let worth = index % 5 == 0 ? "null" : "\"\(index * 7 % 11)\""
            try await office.company(
                #"{"name":"公司\#(index % 6)","staff":\#(staff),"worth":\#(worth),"level":\#(index % 2 == 0 ? "\"a\"" : "null")}"#,
                as: office.ada
            )
        }
        var query = ListQuery()
        query.sort = sort
        query.limit = 200
        func ids(_ page: JSONValue) -> [String] { page["data"]?.array?.compactMap { $0["id"]?.string } ?? [] }
        let whole = ids(try await office.json("companies", query, as: office.ada))
        query.limit = 4
        var paged: [String] = []
        repeat {
            let page = try await office.json("companies", query, as: office.ada)
            paged += ids(page)
            query.cursor = page["next"]?.string
        } while query.cursor != nil
        #expect(paged == whole)
        #expect(whole.count == 23)
    }

    @Test(arguments: [3, 4, 50], [false, true])
    func `the newest created come first, whatever their ids say, without all being sorted`(
        _ limit: Int,
        _ isAda: Bool
    ) async throws {
        let office = try await Office.open()
        // 2,400 of the past, some of them entered later than they were made; hours lie between them.
        let start = Instant(milliseconds: 1_700_000_000_000)
        let ids = IDSource(clock: .fixed(start))
        try await office.engine.write(as: .system("test")) { session in
            var loader = try RowLoader("company", in: session)
            for number in 0..<2400 {
                let entered = start.adding(milliseconds: Int64(number) * 7_200_000)
                ids.skip(to: entered)
                let late: Int64 = number % 50 == 7 ? 40 * 86_400_000 : 0
                try loader.add(
                    [
                        "id": .integer(ids.next().raw), "name": .text("\(number)"),
                        "staff": .integer(Int64(number % 3)),
                        "owner": SQLValue((number % 4 == 0 ? office.ada : office.bob).userID),
                    ],
                    at: entered.adding(milliseconds: -late)
                )
            }
            try loader.finish()
        }
        let reader = isAda ? office.ada : office.admin
        for filter in [nil, "staff = 1", "name = \"5\""] {
            var query = ListQuery()
            query.filter = filter
            query.sort = ["-created_at"]
            query.limit = 200
            func page() async throws -> (names: [String], next: String?) {
                let page = try await office.json("companies", query, as: reader)
                return (page["data"]?.array?.compactMap { $0["name"]?.string } ?? [], page["next"]?.string)
            }
            let all = try await page().names
            query.limit = limit
            var paged: [String] = []
            repeat {
                let (names, next) = try await page()
                paged += names
                query.cursor = next
            } while query.cursor != nil && paged.count < 150
            #expect(paged.prefix(150) == all.prefix(paged.count).prefix(150), "\(filter ?? "")")
            let expected = (0..<2400).sorted { left, right in
                func made(_ number: Int) -> Int { number * 2 - (number % 50 == 7 ? 960 : 0) }
                return (made(left), left) > (made(right), right)
            }.filter { number in
                (filter == nil || (filter == "staff = 1" ? number % 3 == 1 : number == 5))
                    && (!isAda || number % 4 == 0)
            }
            #expect(all == expected.prefix(200).map { "\($0)" }, "\(filter ?? "")")
        }
    }

    @Test func `a list names the people of each record, and nobody where there is nobody`() async throws {
        let office = try await Office.open()
        for (name, person) in [("a", office.ada), ("b", office.bob), ("c", office.ada), ("d", office.bob)] {
            try await office.company(#"{"name":"\#(name)"}"#, as: person)
        }
        try await office.engine.database.write {
            _ = try $0.run("UPDATE company SET owner = NULL, updated_by = 1 WHERE name = 'd'")
        }
        var query = ListQuery()
        query.sort = ["name"]
        query.fields = ["name", "owner", "created_by", "updated_by"]
        query.total = true
        let page = try await office.engine.read(as: office.admin) { [query] session in
            try session.list(try session.object("companies"), query)
        }
        let names = try ["owner", "created_by", "updated_by"].map { key in
            let slot = try #require(page.plan.slot(key))
            return page.rows.map { $0.name(slot) }
        }
        #expect(names == [["Ada", "Bob", "Ada", nil], ["Ada", "Bob", "Ada", "Bob"], ["Ada", "Bob", "Ada", nil]])
        #expect(page.total == 4)
    }

    @Test func `a cursor of another list or rubbish is refused`() async throws {
        let office = try await Office.open()
        for index in 0..<3 { try await office.company(#"{"name":"\#(index)"}"#, as: office.ada) }
        var query = ListQuery()
        query.limit = 1
        let next = try await office.json("companies", query, as: office.ada)["next"]?.string
        for cursor in [next ?? "", "rubbish", "WzFd", String(repeating: "A", count: 5000)] {
            var other = ListQuery()
            other.sort = ["name"]
            other.cursor = cursor
            let copy = other
            let outcome = await problem { _ = try await office.json("companies", copy, as: office.ada) }
            #expect(outcome?.code == "invalid_cursor")
        }
    }

    @Test func `Chinese names sort by pinyin`() async throws {
        let office = try await Office.open()
        for name in ["张三", "李四", "Beta", "王五", "alpha", "陈六"] {
            try await office.company(#"{"name":"\#(name)"}"#, as: office.ada)
        }
        var query = ListQuery()
        query.sort = ["name"]
        #expect(
            try await office.names("companies", query, as: office.ada) == ["alpha", "Beta", "陈六", "李四", "王五", "张三"]
        )
    }

    @Test func `a list is one statement beyond the schema's version and never counts or scans`() async throws {
        let office = try await Office.open()
        for index in 0..<5 { try await office.company(#"{"name":"\#(index)"}"#, as: office.ada) }
        var query = ListQuery()
        query.filter = "owner = me"
        query.sort = ["name"]
        let copy = query
        let (_, statements) = try await office.engine.database.log.recording {
            try await office.json("companies", copy, as: office.admin)
        }
        #expect(statements.count <= 2)
        #expect(statements.allSatisfy { !$0.contains("count(") })
    }
}

@Suite struct SearchListTests {
    @Test func `the best hits come first, and paging shows every hit once`() async throws {
        let office = try await Office.open()
        for index in 0..<30 { try await office.company(#"{"name":"上海恒创\#(index)有限公司"}"#, as: office.ada) }
        try await office.company(#"{"name":"恒创"}"#, as: office.ada)
        for index in 30..<40 { try await office.company(#"{"name":"北京恒创\#(index)"}"#, as: office.bob) }
        var query = ListQuery()
        query.search = "恒创"
        query.limit = 7
        query.total = true
        let first = try await office.json("companies", query, as: office.ada)
        #expect(first["data"]?.array?.first?["name"]?.string == "恒创")
        #expect(first["total"]?.integer == 31)
        var seen: [String] = []
        repeat {
            let page = try await office.json("companies", query, as: office.ada)
            seen += page["data"]?.array?.compactMap { $0["name"]?.string } ?? []
            query.cursor = page["next"]?.string
        } while query.cursor != nil
        #expect(seen.count == 31 && Set(seen).count == 31)
        #expect(seen.allSatisfy { !$0.contains("北京") })
        for text in ["hengchuang", "shhc", "恒", "上海 12", "恒创 北京"] {
            var search = ListQuery()
            search.search = text
            let all = try await office.names("companies", search, as: office.admin)
            #expect(!all.isEmpty, "\(text)")
        }
    }
}
