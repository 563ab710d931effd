import Customers
import Exchange
import Foundation
import Records
import Schema
import Testing
import Values

/// Cells with more than one telephone number: none of them is lost.
@Suite struct PhoneCellTests {
    @Test(
        arguments: [
            "13900001234/0571-80000001", "13900001234；0571-80000001", "13900001234、0571-80000001",
            "13900001234，0571-80000001", "13900001234或0571-80000001", "13900001234 0571-80000001",
            "0571-80000001/13900001234", "电话 0571-80000001 手机 13900001234",
        ]
    )
    func `a mobile number and another one go into the fields for them`(_ cell: String) async throws {
        for heading in ["mobile", "phone"] {
            let shop = try await Workshop.open()
            let status = try await shop.run("contacts", "name,\(heading)\n王小明,\"\(cell)\"\n")
            let why = try await shop.imports.reasons(status.id, as: shop.admin)
            #expect(status.counts.created == 1, "\(why)")
            let contact = try #require(try await shop.all("contacts").first)
            #expect(contact["mobile"]?.string == "+8613900001234")
            #expect(contact["phone"]?.string == "+8657180000001")
        }
    }

    @Test func `two mobile numbers take both fields, and a third finds no place`() async throws {
        let shop = try await Workshop.open()
        let status = try await shop.run(
            "contacts",
            "name,mobile\n甲,13900001234/13900001235\n乙,13900001234/13900001235/13900001236\n丙,13900001237/13900001237\n"
        )
        #expect(status.counts.created == 2 && status.counts.failed == 1)
        let contacts = try await shop.all("contacts")
        #expect(contacts[0]["mobile"]?.string == "+8613900001234")
        #expect(contacts[0]["phone"]?.string == "+8613900001235")
        #expect(contacts[1]["phone"] == .null)
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(why.count == 1 && why[0].contains("第 3 行") && why[0].contains("3 个"), "\(why)")
    }

    @Test func `a field that another column goes into is not taken, and the row says so`() async throws {
        let shop = try await Workshop.open()
        let text = "name,mobile,phone\n甲,13900001234/0571-80000001,021-60000003\n乙,13900001235,0571-80000001\n"
        let status = try await shop.run("contacts", text)
        #expect(status.counts.created == 1 && status.counts.failed == 1)
        let customers = try await shop.run("customers", "name,phone\n丁公司,0571-80000001/80000002\n")
        #expect(customers.counts.failed == 1)
    }

    @Test func `a record that has another number there keeps it`() async throws {
        let shop = try await Workshop.open()
        try await shop.make("contacts", #"{"name":"甲","phone":"021-60000003"}"#)
        try await shop.make("contacts", #"{"name":"乙","phone":"0571-80000001"}"#)
        try await shop.make("contacts", #"{"name":"丙"}"#)
        let cell = "13900001234/0571-80000001"
        let status = try await shop.run("contacts", "name,mobile\n甲,\(cell)\n乙,\(cell)\n丙,\(cell)\n") {
            ($0.mode, $0.match) = (.update, ["name"])
        }
        #expect(status.counts.updated == 2 && status.counts.failed == 1)
        let contacts = try await shop.all("contacts")
        #expect(contacts.map { $0["phone"]?.string } == ["+862160000003", "+8657180000001", "+8657180000001"])
        #expect(contacts[0]["mobile"] == .null)
    }

    @Test func `what fills records puts the numbers that they lack where they have none`() async throws {
        let shop = try await Workshop.open()
        try await shop.make("contacts", #"{"name":"甲","phone":"13900001234"}"#)
        try await shop.make("contacts", #"{"name":"乙","mobile":"13900001234","phone":"0571-80000001"}"#)
        try await shop.make("contacts", #"{"name":"丙","phone":"021-60000003"}"#)
        try await shop.make("contacts", #"{"name":"丁"}"#)
        let cell = "13900001234/0571-80000001"
        for heading in ["mobile", "phone"] {
            let rows = ["甲", "乙", "丙", "丁"].map { "\($0),\(cell)\n" }.joined()
            let status = try await shop.run("contacts", "name,\(heading)\n" + rows) {
                ($0.mode, $0.match) = (.fill, ["name"])
            }
            let why = try await shop.imports.reasons(status.id, as: shop.admin)
            #expect(status.counts.failed == 1 && why[0].contains("第 4 行"), "\(why)")
            #expect(status.counts.updated == (heading == "mobile" ? 2 : 0), "\(why)")
            let contacts = try await shop.all("contacts")
            #expect(
                contacts.map { $0["mobile"]?.string } == ["+8657180000001", "+8613900001234", nil, "+8613900001234"]
            )
            #expect(
                contacts.map { $0["phone"]?.string }
                    == ["+8613900001234", "+8657180000001", "+862160000003", "+8657180000001"]
            )
        }
    }

    private static let switchboards: Module = {
        func field(_ key: String, _ kind: FieldKind) -> FieldDefinition {
            FieldDefinition(id: "board_" + key, key: key, label: Label("Board \(key)", zh: "总机\(key)"), kind: kind)
        }
        let lines = ["one", "two", "three", "four"].map { field($0, .phone) }
        return Module(
            name: "boards",
            objects: [
                .declared(
                    "board",
                    plural: "boards",
                    Label("Board", zh: "总机"),
                    many: Label("Boards", zh: "总机"),
                    icon: "box",
                    fields: [field("name", .text(max: 100))] + lines
                )
            ]
        )
    }()

    @Test func `what fills records from several columns loses none of their numbers`() async throws {
        let shop = try await Workshop.open(PhoneCellTests.switchboards)
        let known = #"{"name":"甲","one":"0571-80000001","two":"0571-80000002","three":"0571-80000003"}"#
        try await shop.make("boards", known)
        let cells = "0571-80000001/0571-80000004,0571-80000002/0571-80000003"
        let status = try await shop.run("boards", "name,one,two\n甲,\(cells)\n") {
            ($0.mode, $0.match) = (.fill, ["name"])
        }
        #expect(status.counts.updated == 1)
        let board = try #require(try await shop.all("boards").first)
        let lines = ["one", "two", "three", "four"].map { board[$0]?.string?.suffix(1) }
        #expect(lines == ["1", "2", "3", "4"])
    }

    @Test func `whoever enters two numbers into one field is told`() async throws {
        let shop = try await Workshop.open()
        for text in ["13900001234/0571-80000001", "13900001234 13900001235"] {
            let refused = await problem { try await shop.make("contacts", #"{"name":"甲","mobile":"\#(text)"}"#) }
            #expect(refused?.fields.map(\.code) == ["several_numbers"])
            #expect(refused?.fields.map(\.field) == ["mobile"])
        }
        #expect(try await shop.count("contacts") == 0)
    }

    @Test func `a card keeps all its numbers`() async throws {
        let shop = try await Workshop.open()
        let card = """
            BEGIN:VCARD\r\nVERSION:3.0\r\nFN:王小明\r\nTEL;TYPE=CELL:13900001234/0571-80000001\r
            TEL;TYPE=CELL:13900001235\r\nNOTE:老客户\r\nEND:VCARD\r\n
            """
        let status = try await shop.run("contacts", card, name: "a.vcf")
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 1, "\(why)")
        let contact = try #require(try await shop.all("contacts").first)
        #expect(contact["mobile"]?.string == "+8613900001234")
        #expect(contact["phone"]?.string == "+8657180000001")
        #expect(contact["description"]?.string?.contains("老客户") == true)
        #expect(contact["description"]?.string?.contains("13900001235") == true)
    }
}
