import Database
import Exchange
import Files
import Foundation
import Identity
import Records
import SQLText
import Schema
import Testing
import Values

/// The kinds of fields that lead elsewhere or are worked out: what goes out of a workspace comes back into it.
@Suite struct KindTests {
    private static let names = ["=1+1 𠮷", "@SUM(A1) 👩‍👩‍👧", "+86", "'-3", "\t=cmd|' /C calc'!A0"]

    private static let cases: Module = {
        func field(_ key: String, _ kind: FieldKind) -> FieldDefinition {
            FieldDefinition(id: "case_" + key, key: key, label: Label("Case \(key)", zh: "事项\(key)"), kind: kind)
        }
        return Module(
            name: "cases",
            objects: [
                .declared(
                    "case",
                    plural: "cases",
                    Label("Case", zh: "事项"),
                    many: Label("Cases", zh: "事项"),
                    icon: "box",
                    fields: [
                        field("name", .text(max: 100)),
                        field("number", .autoNumber(pattern: "𠮷-{0000}")),
                        field("about", .anyLink),
                        field("holder", .person),
                        field("of", .link(to: "customer")),
                        field("part_of", .link(to: "case")),
                        field("long", .formula("concat(name, \"=\")", .text)),
                        field("parts", .rollUp("count(cases)", .number)),
                        field("words", .tags),
                    ]
                )
            ]
        )
    }()

    private func filled() async throws -> Workshop {
        let shop = try await Workshop.open(KindTests.cases)
        let customer = try await shop.make("customers", #"{"name":"=锦里 𠮷"}"#)
        // Numbers do not begin with that of a record that is there.
        let gone = try await shop.make("cases", #"{"name":"gone"}"#)
        try await shop.engine.write(as: shop.admin) { try $0.delete(try $0.object("cases"), gone) }
        var before: RecordID?
        for name in KindTests.names {
            var json = JSONWriter()
            json.object { json in
                json.member("name", name)
                json.key("about")
                json.object { json in
                    json.member("object", before == nil ? "customer" : "case")
                    json.member("id", (before ?? customer).description)
                }
                if let holder = shop.li.userID { json.member("holder", holder.description) }
                json.member("of", customer.description)
                if let before { json.member("part_of", before.description) }
                json.key("words")
                json.array { json in for word in ["=a", "𠮷", "👩‍👩‍👧"] { json.string(word) } }
            }
            before = try await shop.make("cases", json.text)
        }
        return shop
    }

    private func file(_ shop: Workshop, _ format: ExportFormat) async throws -> String {
        var bytes: [UInt8] = []
        try await Export.write(
            shop.engine,
            object: "cases",
            format: format,
            as: shop.admin,
            scratch: shop.folder,
            store: shop.files.store
        ) { bytes += $0 }
        let path = shop.folder + "/cases." + format.suffix
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    @Test(arguments: [ExportFormat.csv(.raw), .workbook(.raw), .jsonLines])
    func `what was emptied comes back from an export whole`(_ format: ExportFormat) async throws {
        let shop = try await filled()
        let before = try await shop.all("cases")
        let path = try await file(shop, format)
        for record in before {
            let id = try #require(record["id"]?.string.flatMap { RecordID($0) })
            try await shop.engine.write(as: shop.admin) { session in
                let empty = #"{"about":null,"holder":null,"of":null,"part_of":null,"words":[],"name":"x"}"#
                try session.update(try session.object("cases"), id, try JSONReader.parse(empty))
            }
        }
        var request = ImportRequest(file: path, object: "cases")
        (request.mode, request.match) = (.upsert, ["id"])
        let id = try await shop.imports.start(request, as: shop.admin)
        let status = try await shop.imports.run(id, as: shop.admin)
        let why = try await shop.imports.reasons(id, as: shop.admin)
        #expect(status.counts.updated == Int64(before.count) && status.counts.failed == 0, "\(why)")
        for (old, new) in zip(before, try await shop.all("cases")) {
            for key in ["id", "name", "number", "about", "holder", "of", "part_of", "long", "parts", "words"] {
                #expect(new[key] == old[key], "\(format.name) \(key)")
            }
        }
    }

    @Test(arguments: ExportFormat.all.filter { !$0.isCards })
    func `links, people and what is worked out come whole into another workspace`(
        _ format: ExportFormat
    ) async throws {
        let (from, to) = (try await filled(), try await Workshop.open(KindTests.cases))
        // A link to any object finds its record by the id that it had, so the customer comes first.
        let customers = try await to.run("customers", try await from.export("customers", .csv(.raw)))
        #expect(customers.counts.created == 1)
        let path = try await file(from, format)
        let preview = try await to.imports.preview(path, object: "cases", as: to.admin)
        var request = ImportRequest(file: path, object: "cases")
        request.mapping = preview.mapping
        let id = try await to.imports.start(request, as: to.admin)
        let status = try await to.imports.run(id, as: to.admin)
        let why = try await to.imports.reasons(id, as: to.admin)
        #expect(status.counts.created == Int64(KindTests.names.count), "\(format.name) \(why)")
        let (before, after) = (try await from.all("cases"), try await to.all("cases"))
        // The first is about the customer, each other one about the one before it.
        let targets = try await to.all("customers") + after.dropLast()
        #expect(after.map { $0["about"]?["id"] } == targets.map { $0["id"] }, "\(format.name)")
        for (old, new) in zip(before, after) {
            #expect(new["about"]?["object"] == old["about"]?["object"], "\(format.name)")
            for key in ["name", "number", "long", "parts", "words"] {
                #expect(new[key] == old[key], "\(format.name) \(key)")
            }
            for key in ["holder", "of", "part_of"] {
                #expect(new[key]?["name"] == old[key]?["name"], "\(format.name) \(key)")
            }
        }
        #expect(before.first?["number"]?.string == "𠮷-0002")
        // Numbers that are given here go on behind.
        try await to.make("cases", #"{"name":"next"}"#)
        #expect(try await to.all("cases").last?["number"]?.string == "𠮷-0007")
    }

    @Test func `running numbers are kept by new records alone, and go on behind the highest`() async throws {
        let shop = try await Workshop.open(KindTests.cases)
        func numbers() async throws -> [String?] { try await shop.all("cases").map { $0["number"]?.string } }
        _ = try await shop.run("cases", "name,number\na,𠮷-0007\nb,\nc,𠮷-12345\nd,other\ne,𠮷-0002\n")
        #expect(try await numbers() == ["𠮷-0007", "𠮷-12346", "𠮷-12345", "other", "𠮷-0002"])
        // One that is here is found by its number and keeps it.
        let again = try await shop.run("cases", "name,number\nA,𠮷-0007\nf,𠮷-0009\ng,\n") {
            ($0.mode, $0.match) = (.upsert, ["number"])
        }
        #expect(again.counts.updated == 1 && again.counts.created == 1 && again.counts.failed == 1)
        #expect(try await numbers().suffix(1) == ["𠮷-0009"])
        try await shop.make("cases", #"{"name":"h"}"#)
        #expect(try await numbers().last == "𠮷-12347")
        // Over the API nobody gives one.
        await #expect(throws: Problem.self) { try await shop.make("cases", #"{"name":"i","number":"𠮷-0001"}"#) }
    }

    @Test func `whoever may not change settings brings no running numbers along`() async throws {
        let shop = try await Workshop.open(KindTests.cases)
        _ = try await shop.run("cases", "name,number\na,𠮷-0007\n", as: shop.li)
        #expect(try await shop.all("cases").map { $0["number"]?.string } == ["𠮷-0001"])
    }

    @Test func `a running number of which there may be only one is refused in words when it is taken`() async throws {
        let shop = try await Workshop.open(KindTests.cases)
        try await shop.engine.database.write { connection in
            try connection.script("CREATE UNIQUE INDEX uq_case_number ON \"case\" (number) WHERE deleted_at IS NULL")
        }
        let status = try await shop.run("cases", "name,number\na,𠮷-0003\nb,𠮷-0003\nc,𠮷-0004\n")
        #expect(status.counts.created == 2 && status.counts.failed == 1)
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect("\(why)".contains("Another record") || "\(why)".contains("其他记录"), "\(why)")
    }
}
