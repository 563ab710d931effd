import Database
import Testing
import Values

@Suite struct AddressTests {
    @Test(arguments: [
        ("postgres://kehu:secret@db:5432/crm?sslmode=require&pool=20", "postgres://kehu@db:5432/crm"),
        ("postgresql://a@h1,h2/db?target_session_attrs=read-write", "postgresql://a@h1,h2/db"),
        ("postgres:///kehu?host=/tmp/x", "postgres:///kehu"),
    ])
    func `an address is shown without its password`(text: String, shown: String) throws {
        #expect(try PostgresAddress(text).shown == shown)
    }

    @Test(arguments: [
        "mysql://a@b/c", "postgres://a@b/c?pool=1", "postgres://a@b/c?pool=x", "postgres://a@b/c?prepare=maybe",
        "postgres://a@b/c?directory=A-b", "",
    ])
    func `an address that cannot be used says why`(text: String) {
        #expect { try PostgresAddress(text) } throws: { ($0 as? Problem)?.code == "invalid_database_address" }
    }
}
