import Operations
import Testing
import Values

@testable import App

/// What `kehu doctor` says of the disk of a PostgreSQL server.
@Suite struct DatabaseDiskDiagnosisTests {
    @Test func `of several disks the one with the least room is told`() {
        var disk = DatabaseDisk()
        disk.bytes = 5_000_000_000
        disk.places = [.init("/tables", free: 90_000_000_000), .init("/log", free: 80_000_000_000)]
        var found = DatabaseDiskDiagnosis.findings(disk)
        #expect(found.map(\.grade) == [.good])
        #expect(found[0].text.en.contains("80000 MB") && found[0].text.en.contains("/log"))
        disk.places[0] = .init("/tables", free: 500_000_000)
        found = DatabaseDiskDiagnosis.findings(disk)
        #expect(found.map(\.grade) == [.notice] && found[0].text.zh.contains("/tables"))
        disk.places[0] = .init("/tables", free: 1000)
        #expect(DatabaseDiskDiagnosis.findings(disk).map(\.grade) == [.bad])
    }

    @Test func `what could not be seen is said to be so, with where to look`() {
        var disk = DatabaseDisk()
        let blind = DatabaseDiskDiagnosis.findings(disk)
        #expect(blind.map(\.grade) == [.notice])
        for word in ["cannot be seen", "SHOW data_directory", "pg_monitor", "unknown"] {
            #expect(blind[0].text.en.contains(word), "\(word)")
        }
        (disk.bytes, disk.logBytes, disk.folder) = (5_000_000_000, 2_000_000_000, "/var/lib/postgresql/17/main")
        let told = DatabaseDiskDiagnosis.findings(disk)[0].text
        #expect(told.en.contains("df -h /var/lib/postgresql/17/main") && told.en.contains("5000 MB"))
        #expect(told.zh.contains("2000 MB") && !told.en.contains("pg_monitor"))
    }

    @Test func `a slot that nobody reads is told long before one that is read`() {
        var disk = DatabaseDisk()
        disk.places = [.init("/", free: 90_000_000_000)]
        disk.slots = [
            .init("slow", isRead: true, held: 5_000_000_000), .init("busy", isRead: true, held: 900_000_000),
            .init("gone", isRead: false, held: 100_000_000), .init("new", isRead: false, held: 1000),
        ]
        let found = DatabaseDiskDiagnosis.findings(disk).filter { $0.code == "slot_holds_log" }
        #expect(found.count == 2)
        #expect(found[0].text.en.contains("«slow»") && !found[0].text.en.contains("pg_drop_replication_slot"))
        #expect(found[1].text.en.contains("pg_drop_replication_slot('gone')"))
    }
}
