import Database
import Files
import Foundation
import Identity
import Privacy
import Records
import SQLText
import Testing
import Values

@Suite struct ErasureTests {
    private func wang(_ registry: Registry) async throws -> (customer: RecordID, contact: RecordID, deal: RecordID) {
        let customer = try await registry.make("customers", #"{"name":"长风科技","type":"company"}"#)
        let contact = try await registry.make(
            "contacts",
            #"{"name":"王小芳","customer":"\#(customer)","mobile":"13800138000","email":"wang@example.cn","role":"user","birthday":"1990-05-06","description":"喜欢茶"}"#
        )
        try await registry.change("contacts", contact, #"{"email":"fang@example.cn"}"#)
        try await registry.make(
            "activities",
            #"{"kind":"call","subject":"给王小芳打电话","body":"号码13800138000，她喜欢茶","contact":"\#(contact)","customer":"\#(customer)"}"#
        )
        let deal = try await registry.make(
            "opportunities",
            #"{"name":"王小芳的采购","customer":"\#(customer)","contact":"\#(contact)","amount":"5000"}"#
        )
        return (customer, contact, deal)
    }

    @Test func `an erased person is found nowhere while figures stay and the chain holds`() async throws {
        let registry = try await Registry.open()
        let (customer, contact, deal) = try await wang(registry)
        let note = registry.files.uploads + "/x"
        try Data("身份证复印件".utf8).write(to: URL(fileURLWithPath: note))
        let file = try await registry.files.take(note, name: "王小芳身份证.txt", to: ("contacts", contact), as: registry.chen)
        let errors = registry.folder + "/imports/A.errors.csv"
        try Data("name,mobile\n李四,13900139000\n王小芳,13800138000\n".utf8).write(to: URL(fileURLWithPath: errors))
        let before = try await registry.engine.database.read { try $0.value("SELECT count(*) FROM sys_audit").integer }

        let preview = try await registry.privacy.preview("contacts", contact, as: registry.officer)
        #expect(preview.name == "王小芳" && preview.notes == 2 && preview.files == 1)
        let report = try await registry.privacy.erase(
            "contacts",
            contact,
            confirmation: "王小芳",
            reason: "请求",
            as: registry.officer
        )
        #expect(report.notes == 2 && report.files == 1 && report.mentions == 1 && report.lines == 1)

        let all = try await registry.everything()
        for text in ["王小芳", "13800138000", "wang@example.cn", "fang@example.cn", "1990-05-06", "喜欢茶"] {
            #expect(!all.contains(text), "\(text)")
        }
        #expect(try await registry.found("contacts", "王小芳") == 0)
        #expect(try await registry.found("contacts", "0138000") == 0)
        #expect(!FileManager.default.fileExists(atPath: registry.files.store.path(file.hash)))
        let rest = try String(contentsOfFile: errors, encoding: .utf8)
        #expect(rest.contains("李四,13900139000") && !rest.contains("王小芳") && rest.contains(","))

        try await registry.privacy.tidySearch()
        let index = try await registry.searchIndex()
        for word in ["fang", "example", "13800138000"] { #expect(!index.contains(word), "\(word)") }

        let person = try await registry.show("contacts", contact)
        #expect(
            person["role"]?.string == "user" && person["email"]?.isNull == true && person["birthday"]?.isNull == true
        )
        #expect(person["name"]?.string == report.token)
        let opportunity = try await registry.show("opportunities", deal)
        #expect(opportunity["amount"]?["value"]?.string == "5000.00")
        #expect(opportunity["contact"]?["id"]?.string == contact.description)
        #expect(try await registry.show("customers", customer)["name"]?.string == "长风科技")
        #expect(try await registry.faults().isEmpty)
        let after = try await registry.engine.database.read { try $0.value("SELECT count(*) FROM sys_audit").integer }
        #expect((after ?? 0) > (before ?? 0))
        let told = try await registry.engine.read(as: registry.officer) { try $0.auditLog(action: "erase") }
        #expect(told.count == 1 && told[0].changes?.contains("请求") == true)
    }

    @Test func `what bulk changes keep for their undo goes with the person and stays for others`() async throws {
        let registry = try await Registry.open()
        let (customer, contact, _) = try await wang(registry)
        let other = try await registry.make(
            "contacts",
            #"{"name":"李四","customer":"\#(customer)","description":"喜欢咖啡"}"#
        )
        let call = try await registry.make(
            "activities",
            #"{"kind":"call","subject":"回访","body":"搬到了河西","contact":"\#(contact)","customer":"\#(customer)"}"#
        )
        let both = try await registry.bulk("contacts", [contact, other], #"{"description":"常客","birthday":null}"#)
        let alone = try await registry.bulk("contacts", [contact], #"{"description":"爱坐窗边"}"#)
        let calls = try await registry.bulk("activities", [call], #"{"body":"已核实地址"}"#)
        let texts = ["喜欢茶", "1990-05-06", "爱坐窗边", "搬到了河西", "已核实地址"]
        let before = try await registry.everything()
        for text in texts { #expect(before.contains(text), "\(text)") }

        _ = try await registry.privacy.erase("contacts", contact, confirmation: "王小芳", as: registry.officer)
        let all = try await registry.everything()
        for text in texts { #expect(!all.contains(text), "\(text)") }

        for run in [alone, calls] {
            let undone = try await registry.undo(bulk: run)
            #expect(undone.isDone && undone.changed == 0 && undone.refused == 1)
            #expect(undone.reason == Problem.stale.message)
        }
        let undone = try await registry.undo(bulk: both)
        #expect(undone.isDone && undone.changed == 1 && undone.refused == 1)
        #expect(try await registry.show("contacts", other)["description"]?.string == "喜欢咖啡")
        #expect(try await registry.show("contacts", contact)["description"]?.isNull == true)
        #expect(try await registry.show("activities", call)["body"]?.isNull == true)
        #expect(try await registry.faults().isEmpty)
    }

    @Test(arguments: ["blank", "change", "salt", "remove", "seal"])
    func `after an erasure the chain still tells what nobody has accounted for`(fault: String) async throws {
        let registry = try await Registry.open()
        let (_, contact, _) = try await wang(registry)
        let erased = try await registry.engine.database.read {
            try $0.value("SELECT min(seq) FROM sys_audit WHERE record = \(contact)").integer
        }
        let seq = try #require(erased)
        _ = try await registry.privacy.erase("contacts", contact, confirmation: "王小芳", as: registry.officer)
        #expect(try await registry.faults().isEmpty)
        _ = try await registry.engine.database.write { connection in
            switch fault {
            // An entry of the customer that was not erased, blanked in the same way but without a word.
            case "blank": try connection.run("UPDATE sys_audit SET changes = '{}', salt = NULL WHERE seq = 1")
            case "change": try connection.run("UPDATE sys_audit SET changes = '{\"a\":1}' WHERE seq = \(seq)")
            case "salt": try connection.run("UPDATE sys_audit SET salt = \(SQLValue.blob([0])) WHERE seq = \(seq)")
            case "remove": try connection.run("DELETE FROM sys_audit WHERE seq = \(seq)")
            default: try connection.run("UPDATE sys_audit SET changes = '{}' WHERE action = 'erase'")
            }
        }
        let faults = try await registry.faults()
        #expect(!faults.isEmpty)
        let place = fault == "blank" ? 1 : seq
        #expect(faults.first?.zh.contains(String(place)) == true, "\(faults.map(\.zh))")
    }

    @Test func `only a person is erased, by who may, and after the name was typed`() async throws {
        let registry = try await Registry.open()
        let (customer, contact, _) = try await wang(registry)
        let company = await problem {
            _ = try await registry.privacy.erase("customers", customer, confirmation: "长风科技", as: registry.officer)
        }
        #expect(company?.code == "not_a_person")
        let wrong = await problem {
            _ = try await registry.privacy.erase("contacts", contact, confirmation: "王", as: registry.officer)
        }
        #expect(wrong?.fields.first?.field == "confirm")
        let refused = await problem {
            _ = try await registry.privacy.erase("contacts", contact, confirmation: "王小芳", as: registry.chen)
        }
        #expect(refused?.kind == .forbidden)
        #expect(try await registry.show("contacts", contact)["name"]?.string == "王小芳")
        let person = try await registry.make(
            "customers",
            #"{"name":"赵六","type":"person","id_number":"110101199001011234"}"#
        )
        _ = try await registry.privacy.erase("customers", person, confirmation: "赵六", as: registry.officer)
        #expect(!(try await registry.everything()).contains("110101199001011234"))
    }

    @Test func `a record in the recycle bin is erased too`() async throws {
        let registry = try await Registry.open()
        let lead = try await registry.make("leads", #"{"name":"孙七","mobile":"13700137000","company":"某公司"}"#)
        _ = try await registry.engine.write(as: registry.chen) { try $0.delete(try $0.object("leads"), lead) }
        _ = try await registry.privacy.erase("leads", lead, confirmation: "孙七", as: registry.officer)
        let all = try await registry.everything()
        #expect(!all.contains("孙七") && !all.contains("13700137000") && !all.contains("某公司"))
        #expect(try await registry.faults().isEmpty)
    }
}
