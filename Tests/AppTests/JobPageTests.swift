import App
import Database
import Foundation
import Jobs
import Records
import SQLText
import Testing
import Values

/// The page of background jobs.
@Suite struct JobPageTests {
    @Test func `the administrator sees why a job failed and runs it again, in both languages`() async throws {
        let company = try await Company.shared.value
        let id = RecordID(4711)
        _ = try await company.workspace.engine.database.write { connection in
            try connection.run(
                """
                INSERT INTO sys_job (id, kind, payload, state, due_at, tries, error, created_at, finished_at)
                VALUES (\(id), 'maintenance.bin', '{}', 'dead', 0, 5, 'the printer <is> away', 0, 0)
                """
            )
        }
        let english = try await company.client("ann").send("GET", "/settings/jobs")
        #expect(english.status == 200 && english.text.contains("the printer &lt;is&gt; away"))
        #expect(english.text.contains("/settings/jobs/\(id)/again"))
        #expect(try await company.client("bo").send("GET", "/settings/jobs").status == 403)
        #expect(try await company.client("bo").send("GET", "/api/v1/jobs").status == 403)
        let again = try await company.client("ann").send("POST", "/api/v1/jobs/\(id)/again")
        #expect(again.status == 202 && again.json["state"]?.string == "ready")
        #expect(try await company.client("ann").send("POST", "/api/v1/jobs/\(id)/again").status == 409)
        let chinese = try await company.client("ann", language: "zh-CN").send("GET", "/api/v1/jobs?state=nonsense")
        #expect(chinese.status == 422)
    }
}
