import Database
import Identity
import SQLText
import Schema
public import Values

extension ReadSession {
    /// The schema as the actor may know it: objects, fields, choices, labels in both languages and their rights.
    public func writeSchema(to json: inout JSONWriter) {
        json.object { json in
            json.member("version", schema.version)
            json.member("base_currency", schema.baseCurrency)
            json.member("time_zone", schema.timeZone)
            json.member("country", schema.country)
            json.key("objects")
            json.array { json in
                for object in schema.objects where !object.hidden && actor.rights.on(object.key).read != .none {
                    write(object, to: &json)
                }
            }
        }
    }

    private func write(_ object: ObjectDefinition, to json: inout JSONWriter) {
        json.object { json in
            DefinitionJSON.writeMembers(object, to: &json)
            json.key("rights")
            write(actor.rights.on(object.key), to: &json)
            json.key("fields")
            json.array { json in
                for field in access.readable(object) {
                    json.object { json in
                        DefinitionJSON.writeMembers(field, to: &json)
                        json.member("writable", access.right(on: field, of: object) == .full)
                    }
                }
            }
        }
    }

    private func write(_ rights: ObjectRights, to json: inout JSONWriter) {
        json.object { json in
            json.member("read", rights.read.name)
            json.member("create", rights.create)
            json.member("update", rights.update.name)
            json.member("delete", rights.delete.name)
            json.member("assign", rights.assign.name)
            json.member("export", rights.export)
            json.member("import", rights.importing)
        }
    }

    /// Definitions that were removed and can still be restored: objects, and fields by object.
    public func writeRemovedDefinitions(to json: inout JSONWriter) throws {
        try actor.require(.schema)
        let objects = try connection.rows(
            "SELECT definition, removed_at FROM sys_object WHERE removed_at IS NOT NULL AND definition <> '' ORDER BY removed_at DESC"
        )
        let fields = try connection.rows(
            "SELECT definition, removed_at, object FROM sys_field WHERE removed_at IS NOT NULL AND definition <> '' ORDER BY removed_at DESC"
        )
        json.object { json in
            for (key, rows) in [("objects", objects), ("fields", fields)] {
                json.key(key)
                json.array { json in
                    for row in rows {
                        json.object { json in
                            if key == "fields" { json.member("object", row.text(2)) }
                            json.member("removed_at", Instant(milliseconds: row.integer(1)).description)
                            json.key("definition")
                            json.raw(row.text(0))
                        }
                    }
                }
            }
        }
    }
}
