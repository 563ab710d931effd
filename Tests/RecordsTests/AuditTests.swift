import Database
import Identity
import Records
import SQLText
import Testing
import Values

@Suite struct AuditTests {
    @Test func `every change is told with before and after, who and from where, and survives deletion`() async throws {
        let office = try await Office.open()
        let ada = office.ada.acting(from: .page, address: "127.0.0.9")
        let company = try await office.company(#"{"name":"甲","staff":1}"#, as: ada)
        try await office.change("companies", company.id, #"{"staff":2}"#, as: ada)
        try await office.engine.write(as: office.admin) { try $0.purge(try $0.object("companies"), company.id) }
        let log = try await office.engine.read(as: office.admin) { try $0.auditLog() }
        #expect(log.map(\.action) == ["purge", "update", "create"])
        #expect(log[1].changes == #"{"staff":[1,2]}"#)
        #expect(log[1].origin == "page" && log[1].address == "127.0.0.9" && log[1].actorName == "Ada")
        let refused = await problem { _ = try await office.engine.read(as: ada) { try $0.auditLog() } }
        #expect(refused?.kind == .forbidden)
    }

    @Test(arguments: ["change", "remove", "cut", "none"])
    func `an altered or removed entry is found and named`(fault: String) async throws {
        let office = try await Office.open()
        for index in 0..<5 { try await office.company(#"{"name":"c\#(index)"}"#, as: office.ada) }
        try await office.engine.database.write { connection in
            switch fault {
            case "change": try connection.script("UPDATE sys_audit SET actor_name = 'Eve' WHERE seq = 3")
            case "remove": try connection.script("DELETE FROM sys_audit WHERE seq = 3")
            case "cut": try connection.script("DELETE FROM sys_audit WHERE seq = 5")
            default: break
            }
        }
        let (_, faults) = try await office.engine.database.read { try Audit.verify(on: $0) }
        if fault == "none" {
            #expect(faults.isEmpty)
        } else {
            #expect(faults.first?.en.contains(fault == "cut" ? "5" : "3") == true)
        }
    }
}
