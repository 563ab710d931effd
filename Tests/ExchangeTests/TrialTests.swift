import Exchange
import Foundation
import Records
import Testing
import Values

/// A trial counts what the import itself would, also where rows have to do with each other that are far apart.
@Suite struct TrialTests {
    /// Runs a file as a trial and in earnest, twenty rows at a time, and tells what is wrong with its rows.
    private func both(
        _ shop: Workshop,
        _ object: String,
        _ text: String,
        _ adjust: (inout ImportRequest) throws -> Void = { _ in }
    ) async throws -> (trial: ImportStatus, real: ImportStatus, why: [String]) {
        let imports = try Imports(shop.engine, directory: shop.folder + "/imports", batchSize: 20)
        var request = ImportRequest(file: try shop.file("a.csv", text), object: object)
        try adjust(&request)
        request.isDryRun = true
        let trial = try await imports.run(try await imports.start(request, as: shop.admin), as: shop.admin)
        let why = try await imports.reasons(trial.id, as: shop.admin)
        request.isDryRun = false
        let real = try await imports.run(try await imports.start(request, as: shop.admin), as: shop.admin)
        let reasons = try await imports.reasons(real.id, as: shop.admin)
        #expect(trial.counts == real.counts, "\(why) \(reasons)")
        #expect(why == reasons)
        return (trial, real, why)
    }

    private func mapping(_ json: String) throws -> ImportMapping { try ImportMapping(try JSONReader.parse(json)) }

    @Test func `two rows far apart with the same customer number are one error`() async throws {
        let shop = try await Workshop.open()
        var text = "name,code\n"
        for number in 1...70 { text += "客户\(number),K\(number == 65 ? 3 : number)\n" }
        let result = try await both(shop, "customers", text)
        #expect(result.trial.counts.created == 69 && result.trial.counts.failed == 1)
        #expect(result.why.first?.contains("第 66 行") == true, "\(result.why)")
    }

    @Test func `a record far above is found by its name, and two of one name are not told apart`() async throws {
        let shop = try await Workshop.open()
        var text = "name,part_of\n"
        for number in 1...70 {
            let above = number > 30 ? "工具\(number - 25)" : ""
            text += "\(number == 2 || number == 3 ? "双子" : "工具\(number)"),\(number == 60 ? "双子" : above)\n"
        }
        let result = try await both(shop, "tools", text)
        #expect(result.trial.counts.created == 69 && result.trial.counts.failed == 1)
        #expect(result.why.first?.contains("双子") == true)
    }

    @Test func `ids of another system find records far above, and rows that come again change them`() async throws {
        let shop = try await Workshop.open()
        var text = "Id,name,parent,place\n"
        for number in 1...70 { text += "S\(number),工具\(number),\(number > 30 ? "S\(number - 25)" : ""),仓库\n" }
        text += "S3,工具3,,车间\nS4,工具4,,仓库\nS71,工具71,S99,\n"
        let columns = #"{"columns":{"Id":"id.source","name":"name","parent":"part_of.id","place":"place"}}"#
        let result = try await both(shop, "tools", text) {
            $0.mapping = try mapping(columns)
            $0.mode = .upsert
        }
        let counts = result.trial.counts
        #expect((counts.created, counts.updated, counts.skipped, counts.failed) == (70, 1, 1, 1), "\(result.why)")
        let again = try await both(shop, "tools", text) { $0.mapping = try mapping(columns) }
        #expect(again.real.counts.created == 0)
    }

    @Test func `rows with the key of a row far above change its record, and need not be whole`() async throws {
        let shop = try await Workshop.open()
        var text = "name,code,employees\n"
        for number in 1...50 { text += "客户\(number),K\(number),5\n" }
        text += "客户1,K1,5\n,K2,7\n客户3,K3,8\n客户3,K3,viel\n"
        let upsert = try await both(shop, "customers", text) { ($0.mode, $0.match) = (.upsert, ["code"]) }
        let counts = upsert.trial.counts
        #expect((counts.created, counts.updated, counts.skipped, counts.failed) == (50, 2, 1, 1), "\(upsert.why)")
        let other = try await Workshop.open()
        let create = try await both(other, "customers", text) { $0.match = ["code"] }
        #expect(create.trial.counts.created == 50 && create.trial.counts.skipped >= 3)
    }

    @Test func `running numbers that are brought are known far below, but for the past of a row`() async throws {
        let shop = try await Workshop.open()
        var text = "name,工具number,part_of,创建时间\n"
        for number in 1...70 {
            text += "工具\(number),T-\(1000 + number),\(number > 30 ? "T-\(1000 + number - 25)" : ""),2019-03-01\n"
        }
        text += "工具3,T-1003,,2999-01-01\n工具4,T-1004,,2018-01-01\n"
        let result = try await both(shop, "tools", text) {
            $0.mapping = try mapping(
                #"{"columns":{"name":"name","工具number":"number","part_of":"part_of.number","创建时间":"created_at"}}"#
            )
            ($0.mode, $0.match) = (.upsert, ["number"])
        }
        let counts = result.trial.counts
        #expect((counts.created, counts.skipped, counts.failed) == (70, 2, 0), "\(result.why)")
    }
}
