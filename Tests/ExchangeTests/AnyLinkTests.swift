import Database
import Exchange
import Files
import Foundation
import Identity
import Records
import Schema
import Testing
import Values

/// Links to any object, such as what an activity is about: they find their records in another workspace.
@Suite struct AnyLinkTests {
    private func export(_ shop: Workshop, _ format: ExportFormat) async throws -> (String, [WholeExport.Part]) {
        let identities = Identities(database: shop.engine.database, ids: shop.engine.ids)
        let folder = shop.folder + "/out"
        let parts = try await WholeExport(shop.engine, identities, store: shop.files.store, as: shop.admin)
            .write(to: folder, format: format)
        return (folder, parts)
    }

    @Test(arguments: [ExportFormat.archive, .csv(.raw), .jsonLines])
    func `an activity stays about its product, its tool and another activity in another workspace`(
        _ format: ExportFormat
    ) async throws {
        let (from, to) = (try await Workshop.open(), try await Workshop.open())
        let product = try await from.make("products", #"{"name":"水泵"}"#)
        let tool = try await from.make("tools", #"{"name":"锤子"}"#)
        var target = ("product", product)
        for next in ["tool", "activity", ""] {
            let (object, id) = target
            let made = try await from.make(
                "activities",
                #"{"kind":"note","subject":"看","about":{"object":"\#(object)","id":"\#(id)"}}"#
            )
            target = (next, next == "tool" ? tool : made)
        }
        let (folder, parts) = try await export(from, format)
        // Brought a second time, each row finds what it made the first time.
        for mode in [ImportMode.create, .upsert] {
            for part in parts {
                guard let object = part.object, part.count > 0 else { continue }
                var request = ImportRequest(file: folder + "/" + part.file, object: object)
                request.mode = mode
                let id = try await to.imports.start(request, as: to.admin)
                let status = try await to.imports.run(id, as: to.admin)
                let why = try await to.imports.reasons(id, as: to.admin)
                #expect(status.counts.failed == 0, "\(format.name) \(object): \(why)")
                #expect(status.counts.created == (mode == .create ? part.count : 0), "\(format.name) \(object)")
            }
            let notes = try await to.all("activities")
            try #require(notes.count == 3)
            let pump = try #require(try await to.all("products").first)
            let hammer = try #require(try await to.all("tools").first)
            #expect(notes.map { $0["about"]?["object"]?.string } == ["product", "tool", "activity"])
            #expect(notes.map { $0["about"]?["id"] } == [pump["id"], hammer["id"], notes[1]["id"]])
        }
    }

    @Test(arguments: [ExportFormat.csv(.raw), .jsonLines])
    func `what an activity is about and did not come along is an error of its row, or stays empty`(
        _ format: ExportFormat
    ) async throws {
        let (from, to) = (try await Workshop.open(), try await Workshop.open())
        let product = try await from.make("products", #"{"name":"水泵"}"#)
        try await from.make(
            "activities",
            #"{"kind":"note","subject":"看水泵","about":{"object":"product","id":"\#(product)"}}"#
        )
        try await from.make("activities", #"{"kind":"note","subject":"其他"}"#)
        let (text, name) = (try await from.export("activities", format), "activities." + format.suffix)
        let status = try await to.run("activities", text, name: name)
        #expect(status.counts.created == 1 && status.counts.failed == 1)
        let why = try await to.imports.reasons(status.id, as: to.admin)
        #expect(why.count == 1 && why.first?.contains("关联的记录不存在") == true, "\(why)")
        var mapping = try await to.imports.preview(to.folder + "/" + name, object: "activities", as: to.admin).mapping
        mapping.emptiesUnknown = true
        let lenient = mapping
        let again = try await to.run("activities", text, name: name) { $0.mapping = lenient }
        #expect(again.counts.created == 1 && again.counts.skipped == 1)
        #expect(try await to.all("activities").allSatisfy { $0["about"] == .null })
    }

    @Test func `ids of other systems lead to the records that came with them`() async throws {
        let shop = try await Workshop.open()
        try await shop.run("tools", "id,name\n0013000000AbCdEAAV,锤子\n")
        let status = try await shop.run(
            "activities",
            "subject,about_object,about_id\n看锤子,tool,0013000000AbCdEAAV\n看不见,tool,0013000000ZzZzZAAV\n"
        )
        #expect(status.counts.created == 1 && status.counts.failed == 1)
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(why.first?.contains("0013000000ZzZzZAAV") == true, "\(why)")
        let hammer = try #require(try await shop.all("tools").first)
        #expect(try await shop.all("activities").map { $0["about"]?["id"] } == [hammer["id"]])
    }

    @Test func `what may be about anything comes after all else, and before what hangs on it`() async throws {
        let label = Label("Report", zh: "报告")
        func field(_ key: String, _ kind: FieldKind) -> FieldDefinition {
            FieldDefinition(id: "report_" + key, key: key, label: label, kind: kind)
        }
        let reports = ObjectDefinition.declared(
            "report",
            plural: "reports",
            label,
            many: label,
            icon: "box",
            fields: [field("name", .text(max: 100)), field("of", .link(to: "activity"))]
        )
        let shop = try await Workshop.open(Module(name: "reports", objects: [reports]))
        let (_, parts) = try await export(shop, .jsonLines)
        let order = parts.compactMap(\.object)
        #expect(Array(order.suffix(2)) == ["activities", "reports"])
        let (firm, person) = (order.firstIndex(of: "customers") ?? 99, order.firstIndex(of: "contacts") ?? 0)
        #expect(firm < person)
    }
}
