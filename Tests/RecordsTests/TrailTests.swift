import Database
import Records
import SQLText
import Schema
import Search
import TestSupport
import Testing
import Values

@Suite struct TrailTests {
    private func found(_ text: String, in office: Office) async throws -> [String] {
        try await office.engine.read(as: office.admin) { session in
            var query = ListQuery()
            query.search = text
            var json = JSONWriter()
            try session.writeList(try session.object("companies"), query, to: &json)
            let rows = try JSONReader.parse(json.bytes)["data"]?.array ?? []
            return rows.compactMap { $0["name"]?.string }
        }
    }

    private func make(_ names: [String], in office: Office) async throws -> [RecordID] {
        try await office.engine.write(as: office.admin) { session in
            session.leavesTrail = true
            let object = try session.object("companies")
            return try names.map { name in
                try session.create(object, .object([.init(key: "name", value: .string(name))])).id
            }
        }
    }

    @Test func `records whose search entries were left behind are found once those are made`() async throws {
        let office = try await Office.open()
        _ = try await make((0..<250).map { "青松器械\($0)" }, in: office)
        #expect(try await found("青松", in: office).isEmpty)
        try await office.engine.followTrail()
        #expect(try await found("青松器械249", in: office) == ["青松器械249"])
        #expect(try await found("青松器械0", in: office) == ["青松器械0"])
        let left = try await office.engine.database.read { try $0.value("SELECT count(*) FROM sys_trail").integer }
        #expect(left == 0)
    }

    @Test func `what people do to such a record meanwhile counts`() async throws {
        let office = try await Office.open()
        let ids = try await make(["青松一号", "青松二号", "青松三号"], in: office)
        _ = try await office.engine.write(as: office.admin) { session in
            let object = try session.object("companies")
            try session.update(object, ids[0], .object([.init(key: "name", value: .string("白杨一号"))]))
            try session.delete(object, ids[1])
        }
        try await office.engine.followTrail()
        #expect(try await found("青松", in: office) == ["青松三号"])
        #expect(try await found("白杨", in: office) == ["白杨一号"])
        // Nothing is made twice.
        try await office.engine.followTrail()
        #expect(try await found("白杨", in: office) == ["白杨一号"])
    }

    @Test func `at night what waits goes into the search index, but for what belongs to no record`() async throws {
        let office = try await Office.open()
        let database = office.engine.database
        try await office.company(#"{"name":"青松一号"}"#, as: office.admin)
        try await office.company(#"{"name":"青松二号"}"#, as: office.admin)
        // As a program does that knows nothing of entries that wait.
        _ = try await database.write { try $0.run("DELETE FROM company WHERE name = '青松二号'") }
        try await office.engine.tidySearch()
        #expect(try await found("青松", in: office) == ["青松一号"])
        guard database.dialect == .sqlite else { return }
        let counts = try await database.read { connection in
            try ["sys_search_waiting", "search_company"].map {
                try connection.value("SELECT count(*) FROM \(name: $0)").integer
            }
        }
        #expect(counts == [0, 1])
    }

    @Test func `a write that was undone leaves nothing behind`() async throws {
        let office = try await Office.open()
        await #expect(throws: CancellationError.self) {
            try await office.engine.write(as: office.admin) { session in
                session.leavesTrail = true
                try session.create(
                    try session.object("companies"),
                    .object([.init(key: "name", value: .string("青松"))])
                )
                throw CancellationError()
            }
        }
        let left = try await office.engine.database.read { try $0.value("SELECT count(*) FROM sys_trail").integer }
        #expect(left == 0)
    }

    @Test(arguments: ["青松", "器械", "松器", "青", "一"])
    func `the first page is the same however few hits were read for it`(_ text: String) async throws {
        let office = try await Office.open()
        let names = (0..<120).map { number in
            ["青松器械\(number)", "上海青松\(number)", "东方器械青松\(number)", "器械\(number)一"][number % 4]
        }
        _ = try await make(names, in: office)
        try await office.engine.followTrail()
        func page(_ limit: Int) async throws -> [String] {
            try await office.engine.read(as: office.admin) { session in
                var query = ListQuery()
                query.search = text
                query.limit = limit
                var json = JSONWriter()
                try session.writeList(try session.object("companies"), query, to: &json)
                return (try JSONReader.parse(json.bytes)["data"]?.array ?? []).compactMap { $0["name"]?.string }
            }
        }
        // A page of a hundred and more is ranked as a whole.
        let all = try await page(150)
        #expect(try await page(5) == Array(all.prefix(5)))
        #expect(try await page(20) == Array(all.prefix(20)))
    }

    @Test(arguments: ["青松", "青松 一", "qs", "一"], [1, 3, 7])
    func `new records are found in their place before they are in the index`(_ text: String, _ limit: Int) async throws
    {
        let office = try await Office.open()
        _ = try await make((0..<400).map { "\($0)号青松\($0 % 3 == 0 ? "一" : "")厂" }, in: office)
        try await office.engine.followTrail()
        try await office.engine.write(as: office.admin) { session in
            let object = try session.object("companies")
            for name in ["青松", "青松一厂", "老青松", "别的"] {
                try session.create(object, .object([.init(key: "name", value: .string(name))]))
            }
        }
        func pages() async throws -> [String] {
            try await office.engine.read(as: office.admin) { session in
                let object = try session.object("companies")
                var query = ListQuery()
                query.search = text
                query.limit = limit
                var names: [String] = ["\(try session.count(object, query))"]
                names += try session.objectsWithHits(text, among: [object]).map(\.key)
                repeat {
                    var json = JSONWriter()
                    try session.writeList(object, query, to: &json)
                    let page = try JSONReader.parse(json.bytes)
                    names += (page["data"]?.array ?? []).compactMap { $0["name"]?.string }
                    query.cursor = page["next"]?.string
                } while query.cursor != nil
                query.sort = ["-created_at"]
                var json = JSONWriter()
                try session.writeList(object, query, to: &json)
                return names + (try JSONReader.parse(json.bytes)["data"]?.array ?? []).compactMap { $0["name"]?.string }
            }
        }
        let before = try await pages()
        try await office.engine.database.write { try SearchIndex.settle(on: $0) }
        #expect(try await pages() == before)
        #expect(before.contains("青松一厂") && before.first != "0", "\(before.prefix(9))")
        if text == "青松" { #expect(before[0] == "403" && before[2] == "青松", "\(before.prefix(9))") }
    }
}
