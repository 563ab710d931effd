import Files
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Files on records.
    static let files: [Route] = [
        Route(.get, "/files/{id}", handler: FilesAPI.content),
        Route(.get, "/files/{id}/thumbnail", handler: FilesAPI.thumbnail),
        Route(.post, "/{plural}/{id}/files", intake: .upload, handler: { try await FileHandlers.add(PageCall($0)) }),
        post("/{plural}/{id}/files/{file}/delete", FileHandlers.delete),
        post("/{plural}/{id}/files/{file}/restore", FileHandlers.restore),
    ]
}

/// The files of a record, by pages.
enum FileHandlers {
    /// The panel on a record's page.
    static func panel(_ view: RecordSheet, mayUpdate: Bool) throws -> HTML {
        let (context, object, session) = (view.context, view.object, view.session)
        let files = try Files.list(object, view.id, session, limit: 100)
        if files.isEmpty, !mayUpdate { return .empty }
        let address = Addresses.files(object.plural, view.id.description)
        let limit = try FileLimits.read(session.connection).size / 1_000_000
        let models = files.map { file in
            AttachmentModel(
                name: file.name,
                href: Addresses.file(file.id),
                thumbnail: file.type.isPicture ? Addresses.thumbnail(file.id) : nil,
                size: file.size,
                at: file.createdAt,
                author: file.author,
                delete: mayUpdate && file.field == nil ? "\(address)/\(file.id)/delete" : nil
            )
        }
        // The file is streamed, so the form's token is in its address.
        let upload = mayUpdate ? WebAddress.path(address, ["_csrf": context.csrf]) : nil
        return AttachmentPanel.html(models, upload: upload, hint: context(AttachmentTexts.hint(limit)), in: context)
    }

    private static func place(_ page: PageCall) throws -> (plural: String, id: RecordID, address: String) {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        return (plural, id, Addresses.record(plural, id.description) + "#files")
    }

    static func add(_ page: PageCall) async throws -> Reply {
        let (plural, id, address) = try place(page)
        let actor = try page.actor
        // Who may not see or change the record is told before the file has been sent for nothing.
        let mayAdd = try await page.read { session in
            let object = try session.object(plural)
            _ = try session.find(object, id)
            return try session.may(.update, object, id)
        }
        guard mayAdd else {
            throw Problem.forbidden(
                Label("You may read this record but not change its files.", zh: "您只能查看这条记录，不能添加或删除附件。")
            )
        }
        let form = try await FileForm.multipart(page.call)
        defer { form.discard() }
        let files = form.uploads.filter { !$0.file.name.isEmpty }
        guard !files.isEmpty else { return page.go(to: address, .bad, FileWords.noFile) }
        var done = 0
        for (_, file) in files.prefix(FileForm.most) {
            do {
                _ = try await page.call.workspace.files.take(file.path, name: file.name, to: (plural, id), as: actor)
                done += 1
            } catch let problem as Problem where [.tooLarge, .unsupported].contains(problem.kind) {
                let text = Label("\(file.name): \(problem.message.en)", zh: "\(file.name)：\(problem.message.zh)")
                return page.go(to: address, .bad, text)
            }
        }
        return page.go(to: address, .ok, FileWords.added(done))
    }

    static func delete(_ page: PageCall) async throws -> Reply {
        let (plural, id, address) = try place(page)
        let file = try page.call.recordID("file")
        let name = try await page.write { session in
            let stored = try Files.find(file, session)
            guard stored.record == id else { throw Problem.notFound }
            try Files.delete(file, session)
            return stored.name
        }
        let undo = Addresses.files(plural, id.description) + "/\(file)/restore"
        return page.go(to: address, .ok, FileWords.deleted(name), undo: undo)
    }

    static func restore(_ page: PageCall) async throws -> Reply {
        let (_, id, address) = try place(page)
        let file = try page.call.recordID("file")
        try await page.write { session in
            guard try Files.restore(file, session).record == id else { throw Problem.notFound }
        }
        return page.go(to: address, .ok, FileWords.restored)
    }
}
