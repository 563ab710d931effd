import App
import Database
import Foundation
import Identity
import Privacy
import Records
import SQLText
import Testing
import Values

/// Erasing somebody who has been through the whole program, and looking for them in every byte on the disk.
@Suite struct ErasureTraceTests {
    private let multipart = ["Content-Type": "multipart/form-data; boundary=edge"]

    /// Every byte of the workspace: database, its log, files of imports and attachments.
    private func bytes(_ company: Company) async throws -> [(name: String, data: Data)] {
        let database = company.workspace.engine.database.path
        let rows = try await rows(company)
        let tree = FileManager.default.enumerator(atPath: company.workspace.folder)
        let files = (tree?.allObjects as? [String] ?? []).map { company.workspace.folder + "/" + $0 }
        return ([database, database + "-wal"] + files).compactMap { path in
            FileManager.default.contents(atPath: path).map { (path, $0) }
        } + rows
    }

    /// Every row of every table as PostgreSQL has it, whose files nobody but the server may read.
    private func rows(_ company: Company) async throws -> [(name: String, data: Data)] {
        let database = company.workspace.engine.database
        guard database.dialect == .postgres else { return [] }
        return try await database.read { connection in
            let tables = try connection.rows(
                "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()"
            )
            return try tables.map { table in
                let rows = try connection.rows("SELECT CAST(t AS TEXT) FROM \(name: table.text(0)) t")
                return (table.text(0), Data(rows.map { $0.text(0) }.joined(separator: "\n").utf8))
            }
        }
    }

    private func imported(_ company: Company) async throws -> JSONValue {
        let ann = company.client("ann")
        // As a Chinese spreadsheet writes it: 冯诺一 and 南岸 in GB18030.
        let (feng, bank): ([UInt8], [UInt8]) = ([0xB7, 0xEB, 0xC5, 0xB5, 0xD2, 0xBB], [0xC4, 0xCF, 0xB0, 0xB6])
        var body = Array("--edge\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\ncontacts\r\n".utf8)
        body += Array("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n".utf8)
        body += Array("name,description\n".utf8) + feng + Array(",".utf8) + bank + Array("\n\r\n--edge--\r\n".utf8)
        let run = try await ann.send("POST", "/api/v1/imports", bytes: body, headers: multipart)
        #expect(run.status == 202, "\(run.text)")
        let id = run.json["id"]?.string ?? ""
        while !["done", "failed"].contains(
            try await ann.send("GET", "/api/v1/imports/\(id)").json["state"]?.string ?? "failed"
        ) {
            try await Task.sleep(for: .milliseconds(20))
        }
        let found = try await ann.send("GET", "/api/v1/contacts?limit=10").json["data"]?.array
        return try #require(found?.first)
    }

    /// Changes a contact as one of many; what the change keeps for its undo is asked for, so that there is something.
    private func changedInBulk(_ company: Company, _ contact: String, _ data: String) async throws {
        let engine = company.workspace.engine
        let body = #"{"ids":["\#(contact)"],"action":"set","data":\#(data)}"#
        let run = try await company.client("ann").send("POST", "/api/v1/contacts/bulk", body)
        #expect(run.status == 202, "\(run.text)")
        let bulk = try #require(run.json["id"]?.string.flatMap { RecordID($0) })
        let user = try await engine.database.read { connection in
            try connection.value("SELECT id FROM sys_user WHERE email = 'ann@example.com'").integer
        }
        let id = RecordID(try #require(user))
        let ann = try await company.workspace.identities.actor(for: id, origin: .page)
        let actor = try #require(ann)
        while try await engine.workOnBulk(bulk, as: actor) {}
        let kept = try await engine.database.read { connection in
            try connection.value("SELECT count(*) FROM sys_bulk_item WHERE bulk = \(bulk) AND old IS NOT NULL").integer
        }
        #expect(kept == 1)
    }

    @Test func `a user who has left is erased, and what they made stays under a token`() async throws {
        let company = try await Company()
        let (ann, customer) = (company.client("ann"), try await company.customer("留下的客户", by: "cy"))
        let found = try await company.workspace.engine.database.read { connection in
            try connection.value("SELECT id FROM sys_user WHERE email = 'cy@example.com'").integer
        }
        let user = RecordID(try #require(found))
        let place = "/api/v1/users/\(user)"
        #expect(try await ann.send("POST", place + "/disable", "{}").status < 300)
        let erased = try await ann.send("POST", place + "/erase", #"{"confirm":"cy@example.com"}"#)
        #expect(erased.status == 200, "\(erased.text)")
        let token = try #require(erased.json["name"]?.string)
        let record = try await ann.send("GET", "/api/v1/customers/\(customer)")
        #expect(record.json["owner"]?["name"]?.string == token, "\(record.text)")
        let names = try await company.workspace.engine.database.read { connection in
            try connection.value("SELECT count(*) FROM sys_audit WHERE actor_name = 'Cy'").integer
        }
        #expect(names == 0)
    }

    @Test func `an imported, renamed and merged person leaves no byte behind`() async throws {
        let company = try await Company()
        let ann = company.client("ann")
        let person = try await imported(company)
        #expect(person["name"]?.string == "冯诺一")
        let id = person["id"]?.string ?? ""
        let changed = try await ann.send(
            "PATCH",
            "/api/v1/contacts/\(id)",
            #"{"name":"冯诺依","mobile":"13611112222","email":"nuoyi@example.cn"}"#
        )
        #expect(changed.status == 200, "\(changed.text)")
        let twin = try await ann.send(
            "POST",
            "/api/v1/contacts",
            #"{"name":"冯小诺","mobile":"13633334444","birthday":"1991-02-03","description":"爱喝龙井"}"#,
            headers: ["Idempotency-Key": "twin"]
        )
        let other = try #require(twin.json["id"]?.string)
        let raw = ["Content-Type": "application/octet-stream"]
        let place = "object=contacts&record=\(other)&name=feng-passport.txt"
        _ = try await ann.send("POST", "/api/v1/files?\(place)", bytes: Array("护照号G55667788".utf8), headers: raw)
        _ = try await ann.send("POST", "/api/v1/contacts/duplicates", #"{"name":"冯小诺","mobile":"13633334444"}"#)
        let merged = try await ann.send("POST", "/api/v1/contacts/\(id)/merge", #"{"others":["\#(other)"]}"#)
        #expect(merged.status == 200, "\(merged.text)")
        try await changedInBulk(company, id, #"{"description":"常来二楼展厅","birthday":"1992-03-04"}"#)
        try await changedInBulk(company, id, #"{"description":"已搬到河西","birthday":null}"#)
        let values = [
            "冯诺一", "冯诺依", "冯小诺", "13611112222", "13633334444", "nuoyi@example.cn", "1991-02-03", "爱喝龙井",
            "feng-passport", "G55667788", "常来二楼展厅", "1992-03-04", "已搬到河西",
        ]
        let erased = try await ann.send("POST", "/api/v1/contacts/\(id)/erase", #"{"confirm":"冯诺依"}"#)
        #expect(erased.status == 200, "\(erased.text)")
        try await company.workspace.privacy.tidySearch()
        company.workspace.engine.database.checkpoint()
        let needles = values.map { ($0, Data($0.utf8)) } + [("冯诺一 in GB18030", Data([0xB7, 0xEB, 0xC5, 0xB5]))]
        for (name, data) in try await bytes(company) {
            for (value, needle) in needles { #expect(data.range(of: needle) == nil, "\(value) in \(name)") }
        }
        #expect(try await company.workspace.engine.verifyKept() == [])
    }
}
