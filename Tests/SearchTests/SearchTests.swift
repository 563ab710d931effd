import Database
import Foundation
import SQLText
import Search
import TestSupport
import Testing
import Values

/// A database with an index of customers, where `1` is the first entry's id. The first few entries are those of
/// candidates, too, which are new and not in the index yet.
struct IndexedCustomers {
    let database: Database
    private static let candidates: Int64 = 20
    private static let firstCandidate: Int64 = 1_000_000

    init(_ entries: [SearchEntry]) async throws {
        database = try await TestDatabase.make()
        try await database.write { connection in
            try connection.script("CREATE TABLE customer (id INTEGER PRIMARY KEY)")
            try SearchIndex.createTable("customer", on: connection)
            for (position, entry) in entries.enumerated() {
                let id = RecordID(Int64(position + 1))
                try connection.run("INSERT INTO customer (id) VALUES (\(id))")
                try SearchIndex.put(entry, object: "customer", id: id, on: connection)
            }
            try SearchIndex.createTable("candidate", on: connection)
            for (position, entry) in entries.prefix(Int(Self.candidates)).enumerated() {
                let id = RecordID(Self.firstCandidate + Int64(position + 1))
                try SearchIndex.add(entry, object: "candidate", id: id, on: connection)
            }
        }
    }

    /// The ids of the hits, newest first; nil when there is nothing to search for. What waits to go into the index must
    /// be found like what is in it, unless the customers were changed.
    func find(_ text: String, areChanged: Bool = false) async throws -> [Int64]? {
        guard let query = SearchQuery.parse(text) else { return nil }
        let hits = query.hits(of: "customer", joining: "t", TestDatabase.dialect)
        return try await database.read { connection in
            let found = try connection.rows(
                "SELECT t.id FROM \(hits.from) WHERE \(hits.condition) ORDER BY \(hits.order) LIMIT 200"
            ).map { $0.integer(0) }
            let ids = query.ids(of: "candidate", connection.dialect, try WaitingEntries(on: connection))
            let candidates = try connection.rows(ids).map { $0.integer(0) - Self.firstCandidate }.sorted(by: >)
            if !areChanged { #expect(candidates == found.filter { $0 <= Self.candidates }, "\(text.prefix(100))") }
            return found
        }
    }
}

@Suite struct SearchTests {
    static let entries = [
        SearchEntry(
            names: ["北京分享科技有限公司"],
            texts: ["info@fenxiang.example.com", "我们在上海开会，讨论ERP采购"],
            phones: ["+8613800001234"]
        ),
        SearchEntry(names: ["张伟"], texts: ["Zhang.Wei@163.com"], phones: ["+862160000003;ext=12"]),
        SearchEntry(names: ["重庆長安汽車"], phones: ["+14155552671"]),
        SearchEntry(names: ["𠮷野家（中国）"], texts: ["Ｃａｆé 360 v2024"]),
        SearchEntry(names: ["Kehu GmbH", "客户"], texts: ["先生"], phones: ["+864008008000"]),
        SearchEntry(names: ["西安吕氏"], phones: ["95588"]),
    ]

    @Test(arguments: [
        // Chinese: one character, two, more, over widths and forms of writing.
        ("京", [1]), ("分享", [1]), ("享科技有", [1]), ("采购", [1]), ("ERP采购", [1]), ("erp 采购", [1]), ("海开", [1]),
        ("长安", [3]), ("長安", [3]), ("汽车", [3]), ("𠮷野", [4]), ("𠮷", [4]), ("中国", [4]), ("客户", [5]), ("客戶", [5]),
        ("会", [1]), ("科京", []), ("享分", []),
        // Letters and digits.
        ("cafe", [4]), ("CAFÉ", [4]), ("ｃａｆ", [4]), ("360", [4]), ("2024", [4]), ("v2", []), ("v20", [4]), ("k", [5]),
        ("ke", [5, 1]), ("keh", [5]), ("gmbh", [5]), ("er", []),
        // E-mail addresses.
        ("info@fenxiang.example.com", [1]), ("info@fen", [1]), ("zhang.wei@163.com", [2]),
        ("fenxiang.example.com", [1]),
        ("wei@163", [2]),
        // Telephone numbers.
        ("科技 138", [1]), ("138", [1]), ("00001234", [1]), ("13800001234", [1]), ("+86 138-0000-1234", [1]),
        ("8613800001234", [1]), ("１３８００００", [1]), ("021-6000", [2]), ("0216000", [2]), ("2160000003", [2]),
        ("+86 21 6000 0003", [2]), ("(021)60000003", [2]), ("415 555 2671", [3]), ("+1 (415) 555-2671", [3]),
        ("400800", [5]),
        ("400-800-8000", [5]), ("95588", [6]), ("13800001235", []), ("138 9999", []),
        // Pinyin.
        ("bjfx", [1]), ("fxkj", [1]), ("beijing", [1]), ("beijingfx", [1]), ("fenxiang", [1]), ("fenx", [1]),
        ("fenxi", [1]),
        ("fenxian", [1]), ("bjfenxiang", [1]), ("zw", [2]), ("zhangw", [2]), ("zhangwe", [2]), ("zhangwei", [2]),
        ("zhw", [2]), ("z", [4, 3, 2]), ("chongqing", [3]), ("zhongqing", [3]), ("cqca", [3]), ("zqca", [3]),
        ("changan", [3]), ("chongqingchangan", [3]), ("xian", [6, 1]), ("xianlv", [6]), ("xianlu", [6]),
        ("xalvshi", [6]),
        ("beijingkeji", []), ("kehu", [5]), ("bjfx 科技", [1]),
    ])
    func `a customer is found the way people type`(typed: String, expected: [Int64]) async throws {
        let customers = try await IndexedCustomers.shared.value
        let found = try await customers.find(typed)
        #expect(found == expected)
    }

    @Test(arguments: [
        "", " ", "\u{0}", "\"", "（）", "* ^ : -", "\u{E000}", "．", String(repeating: "-", count: 1_000_000),
    ])
    func `nothing but punctuation is no query`(typed: String) { #expect(SearchQuery.parse(typed) == nil) }

    @Test func `any part of a Chinese name and any three digits of a number find the customer`() async throws {
        var random = SplitMix(seed: 7)
        let alphabet = Array("北京上海分享科技有限公司重庆长安行业乐厦𠮷龘葉國ａB3（ー".map { $0 })
        var names: [[Character]] = []
        var phones: [String] = []
        for number in 0..<150 {
            names.append(
                (0..<Int.random(in: 2...14, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "中" }
            )
            phones.append(
                "1\((30..<100).randomElement(using: &random) ?? 38)"
                    + String(10_000_000 + number * 577_777 % 90_000_000)
            )
        }
        let customers = try await IndexedCustomers(
            zip(names, phones).map { SearchEntry(names: [String($0)], phones: ["+86" + $1]) }
        )
        for position in names.indices {
            let name = names[position]
            let start = Int.random(in: 0..<name.count, using: &random)
            let part = String(name[start..<min(name.count, start + Int.random(in: 1...6, using: &random))])
            if part.unicodeScalars.allSatisfy({ $0.value > 0x2E7F && $0.value < 0xFF00 || $0.value > 0xFFFF }),
                part != "ー"
            {
                let found = try await customers.find(part)
                #expect(found?.contains(Int64(position + 1)) == true, "\(part) in \(String(name))")
            }
            let digits = Array(phones[position])
            let first = Int.random(in: 0...digits.count - 3, using: &random)
            let fragment = String(digits[first..<min(digits.count, first + Int.random(in: 3...11, using: &random))])
            let found = try await customers.find(fragment)
            #expect(found?.contains(Int64(position + 1)) == true, "\(fragment) in \(phones[position])")
        }
    }

    @Test func `no input makes the search fail`() async throws {
        let customers = try await IndexedCustomers.shared.value
        var random = SplitMix(seed: 3)
        let pieces = [
            "\"", "*", "NEAR(", "AND", "OR", "{name}:", "\u{0}", "北京", "a", "zhi", "138", "@", "^", "\u{301}", " ", "(",
            "'", "x",
        ]
        for round in 0..<400 {
            var text = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                if round % 2 == 0 {
                    text += pieces.randomElement(using: &random) ?? ""
                } else if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            _ = try await customers.find(text)
        }
        for hostile in [
            String(repeating: "zhongguo", count: 1_000_000), String(repeating: "a b ", count: 1_000_000),
            String(repeating: "xi", count: 20), "zhzhzhzhzhzhzhzhzhzh", String(repeating: "张", count: 300),
        ] {
            _ = try await customers.find(hostile)
        }
    }

    @Test func `an entry is replaced, removed and moved with its object`() async throws {
        let customers = try await IndexedCustomers([SearchEntry(names: ["旧名"]), SearchEntry(names: ["别人"])])
        try await customers.database.write { connection in
            try SearchIndex.put(SearchEntry(names: ["新名"]), object: "customer", id: RecordID(1), on: connection)
            try SearchIndex.put(SearchEntry(names: ["新名"]), object: "customer", id: RecordID(1), on: connection)
        }
        #expect(try await customers.find("旧名", areChanged: true) == [])
        #expect(try await customers.find("新名", areChanged: true) == [1])
        try await customers.database.write { try SearchIndex.remove("customer", [RecordID(1), RecordID(9)], on: $0) }
        #expect(try await customers.find("名", areChanged: true) == [])
        #expect(try await customers.find("别", areChanged: true) == [2])
        let query = try #require(SearchQuery.parse("别人"))
        let found = try await customers.database.write { connection in
            try SearchIndex.rename("customer", to: "x_company", on: connection)
            return try connection.rows(
                """
                SELECT id FROM customer \
                WHERE id IN (\(query.ids(of: "x_company", connection.dialect, try WaitingEntries(on: connection))))
                """
            )
            .count
        }
        #expect(found == 1)
    }

    @Test func `entries of new records wait for one another, and are found, changed and removed meanwhile`()
        async throws
    {
        guard TestDatabase.dialect == .sqlite else { return }
        let customers = try await IndexedCustomers([])
        func waiting() async throws -> Int64? {
            try await customers.database.read { try $0.value("SELECT count(*) FROM sys_search_waiting").integer }
        }
        func found(_ text: String) async throws -> [Int64] {
            let query = try #require(SearchQuery.parse(text))
            return try await customers.database.read { connection in
                let ids = query.ids(of: "customer", connection.dialect, try WaitingEntries(on: connection))
                return try connection.rows(ids).map { $0.integer(0) }.sorted()
            }
        }
        func add(_ numbers: ClosedRange<Int64>) async throws {
            try await customers.database.write { connection in
                for number in numbers {
                    let entry = SearchEntry(names: ["W\(100 + number)仓库"])
                    try SearchIndex.add(entry, object: "customer", id: RecordID(number), on: connection)
                }
            }
        }
        try await add(1...31)
        #expect(try await waiting() == 31)
        #expect(try await found("仓库").count == 31)
        try await customers.database.write { connection in
            try SearchIndex.put(SearchEntry(names: ["W102库房"]), object: "customer", id: RecordID(2), on: connection)
            try SearchIndex.remove("customer", RecordID(3), on: connection)
            let present = try SearchIndex.ids("customer", from: 1, through: 4, on: connection)
            #expect(present == [1, 2, 4])
        }
        #expect(try await found("w102") == [2])
        #expect(try await found("库房") == [2])
        #expect(try await found("w103") == [])
        // The thirty-second takes all others along.
        try await add(32...34)
        #expect(try await waiting() == 1)
        #expect(try await found("仓库") == [1] + Array(4...34))
        #expect(try await found("库房") == [2])
        // Moved or thrown away with its object.
        try await customers.database.write { try SearchIndex.rename("customer", to: "x_depot", on: $0) }
        #expect(try await waiting() == 0)
        try await customers.database.write { connection in
            let entry = SearchEntry(names: ["新库"])
            try SearchIndex.add(entry, object: "x_depot", id: RecordID(40), on: connection)
            try SearchIndex.dropTable("x_depot", on: connection)
        }
        #expect(try await waiting() == 0)
    }

    @Test func `the hits are read from the index, newest first, without sorting`() async throws {
        let customers = try await IndexedCustomers.shared.value
        let query = try #require(SearchQuery.parse("科技"))
        let hits = query.hits(of: "customer", joining: "t", TestDatabase.dialect)
        let plan = try await customers.database.read { connection in
            // PostgreSQL reads a table as small as this from end to end if it may, and collects hits before it sorts them.
            if connection.dialect == .postgres { try connection.script("SET LOCAL enable_seqscan = off") }
            return try connection.plan(
                "SELECT t.id FROM \(hits.from) WHERE \(hits.condition) ORDER BY \(hits.order) LIMIT 20"
            )
        }
        switch customers.database.dialect {
        case .sqlite:
            #expect(plan.contains { $0.contains("SEARCH t USING INTEGER PRIMARY KEY") })
            #expect(!plan.contains { $0.contains("TEMP B-TREE") })
        case .postgres: #expect(plan.contains { $0.contains("search_customer") && $0.contains("Index") }, "\(plan)")
        }
    }

    @Test func `frequent and rare words are looked up in different ways and find the same`() async throws {
        let customers = try await IndexedCustomers(
            (0..<1500).map { SearchEntry(names: ["\($0 % 2 == 0 ? "上海" : "北京")\($0)号贸易公司"]) }
        )
        // Of this table alone: those of all other tests are in the same database of PostgreSQL.
        let scope = customers.database.dialect == .postgres ? " search_customer" : ""
        try await customers.database.write { try $0.script("ANALYZE" + scope) }
        let dialect = customers.database.dialect
        for (text, isCommon) in [("上海", true), ("贸易公司", true), ("上海 77", false), ("1234号", false)] {
            let query = try #require(SearchQuery.parse(text))
            let (known, unknown) = try await customers.database.read { connection in
                let frequencies = try SearchFrequencies(of: "customer", on: connection)
                func ids(_ hits: SearchHits) throws -> [Int64] {
                    try connection.rows(
                        "SELECT t.id FROM \(hits.from) WHERE \(hits.condition) ORDER BY \(hits.order) LIMIT 40"
                    ).map { $0.integer(0) }
                }
                let known = query.hits(of: "customer", joining: "t", dialect, wanted: 40, frequencies)
                if dialect == .postgres {
                    let plan = try connection.plan(
                        "SELECT t.id FROM \(known.from) WHERE \(known.condition) ORDER BY \(known.order) LIMIT 40"
                    )
                    // What half of all hold is read from the newest on; only the hits of the rest are collected.
                    #expect(plan.contains { $0.contains("Sort") } != isCommon, "\(text): \(plan)")
                    #expect(
                        !plan.contains { $0.contains("Scan") && $0.contains("on customer o ") && $0.contains("Seq") }
                    )
                }
                return (try ids(known), try ids(query.hits(of: "customer", joining: "t", dialect)))
            }
            #expect(known == unknown && !known.isEmpty, "\(text)")
            #expect(known.count == 40 || !isCommon, "\(text)")
        }
    }

    @Test func `of what was just written little waits for the index, so that searches read little of it`() async throws
    {
        guard TestDatabase.dialect == .postgres else { return }
        let customers = try await IndexedCustomers((0..<200).map { SearchEntry(names: ["\($0)号仓储设备公司"]) })
        let waiting = try await customers.database.write { connection in
            try connection.row("SELECT gin_clean_pending_list('search_customer_tokens')")?.integer(0)
        }
        // Pages of 8 kB.
        #expect((1...8).contains(waiting ?? 0))
    }

    @Test func `names are in the order of pinyin, Latin before Chinese`() {
        let names = ["abc", "Zoo", "阿里", "安徽", "北京", "重庆", "单位", "张伟", "张文", "章安", "赵一"]
        #expect(names.shuffled().sorted { SortKey.of($0).utf8.lexicographicallyPrecedes(SortKey.of($1).utf8) } == names)
        #expect(SortKey.of("Ａbc") == SortKey.of("aBC"))
        #expect(SortKey.of("占") < SortKey.of("章"))
        #expect(SortKey.of("单丹") > SortKey.of("沙丹"))
        #expect(SortKey.of(String(repeating: "张伟", count: 100)).utf8.count <= 120)
        #expect(SortKey.of(String(repeating: "abc", count: 100)).utf8.count == 120)
        #expect(SortKey.of(String(repeating: "abc ", count: 100)).utf8.count <= 120)
        #expect(SortKey.of("") == "")
        #expect(names.shuffled().sorted { SortKey.spelled($0) < SortKey.spelled($1) } == names)
        #expect(SortKey.spelled("李雷 erp") == "~li 李~lei 雷 erp")
        // Two indexes of every object hold the key: a company's name in full takes no more than half a line.
        #expect(SortKey.of("上海恒丰诚咨询有限公司").utf8.count == 55)
    }

    @Test(arguments: [
        ("单田芳", "shan"), ("曾国藩", "zeng"), ("仇英", "qiu"), ("解缙", "xie"), ("查良镛", "zha"), ("区小明", "ou"), ("朴志勇", "piao"),
        ("翟天", "zhai"), ("缪丹", "miao"), ("盖叫天", "ge"), ("覃海", "qin"), ("尉迟恭", "yu"), ("万俟雪", "mo"), ("长孙无忌", "zhang"),
        ("澹台明", "tan"), ("乐正克", "yue"), ("重庆长安", "chong"), ("厦门航空", "xia"), ("长沙银行", "chang"), ("蚌埠港", "beng"),
        ("六安茶", "lu"), ("单位名称表", "dan"), ("乐清电气", "yue"), ("长宁实业", "chang"),
    ])
    func `surnames and places are sorted as they are said`(name: String, first: String) {
        #expect(SortKey.spelled(name).hasPrefix("~" + first + " "))
    }

    @Test func `the name itself comes first, then beginnings, then the newest`() throws {
        let names = ["北京分享科技", "分享", "分享科技", "上海分享", "李四"]
        let query = try #require(SearchQuery.parse("分享"))
        let hits = names.enumerated().map { (id: RecordID(Int64($0)), name: $1) }
        let sorted = Ranking(query).sorted(hits, id: \.id, name: \.name)
        #expect(sorted.map(\.name) == ["分享", "分享科技", "上海分享", "北京分享科技", "李四"])
        let pinyin = Ranking(try #require(SearchQuery.parse("bjf")))
        #expect(pinyin.fit("北京分享科技") == .begins)
        #expect(pinyin.fit("分享") == .elsewhere)
    }
}

extension IndexedCustomers {
    /// One index for all the questions.
    static let shared = Task { try await IndexedCustomers(SearchTests.entries) }
}

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
