import Database
import Identity
import SQLText
import Schema
import Values

extension WriteSession {
    /// A file that was uploaded may be put into a record by who uploaded it; once it hangs on one, nowhere else.
    func mayUse(_ file: RecordID, of object: ObjectDefinition, _ draft: AnyDraft) throws -> Bool {
        let row = try connection.row(
            "SELECT object, record, created_by, deleted_at FROM sys_file WHERE id = \(file)"
        )
        guard let row else { return false }
        guard let record = row.id(1) else {
            return row[3].isNull && (isTrusted || row.id(2) == actor.userID)
        }
        return record == draft.before?.id && row[0].text == object.key
    }

    /// Ties the files of file fields to the record; a file that was taken out waits to be cleared away.
    func keepFiles(_ object: ObjectDefinition, _ saved: SavedRecord) throws {
        for place in saved.record.shape.files where saved.changed(in: place.columns) {
            let field = place.field
            if let old = saved.before?[field.key].integer {
                try connection.run("UPDATE sys_file SET deleted_at = \(now) WHERE id = \(old)")
            }
            if let new = saved.record[field.key].integer {
                try connection.run(
                    """
                    UPDATE sys_file SET object = \(object.key), record = \(saved.record.id), field = \(field.key), \
                    deleted_at = NULL WHERE id = \(new)
                    """
                )
            }
        }
    }
}
