import Values

/// Files.
extension Operation {
    private static let described = Output.json(.reference("file"))

    static let uploadFile = Operation(
        "upload_file",
        "Files",
        "Uploads a file: a form with `file`, or the bytes alone with `name` in the address. With `object` and `record` "
            + "it is attached at once; else only who uploaded it sees it, for a day, until it is put into a record",
        status: 201,
        parameters: [
            .text("name", "The name, where the body is the bytes alone"), .text("object", "The plural of the object"),
            .text("record", "The record to attach it to"),
        ],
        input: .bytes,
        output: described
    )
    static let file = Operation(
        "file",
        "Files",
        "The bytes of a file; `Range` asks for a part",
        parameters: [.flag("inline", "For pictures: to be shown rather than saved")],
        output: .binary
    )
    static let fileInfo = Operation("file_info", "Files", "What is known about a file", output: described)
    static let fileThumbnail = Operation("file_thumbnail", "Files", "The small version of a picture", output: .binary)
    static let deleteFile = Operation(
        "delete_file",
        "Files",
        "Deletes a file; it can be restored for thirty days",
        status: 204
    )
    static let restoreFile = Operation("restore_file", "Files", "Restores a deleted attachment", output: described)
    static let recordFiles = Operation(
        "files",
        "Files",
        "The files of a record, newest first",
        output: .json(.list(.reference("file")))
    )
    static let attachFile = Operation(
        "attach_file",
        "Files",
        "Attaches an uploaded file to a record",
        status: 201,
        input: .json(.object([("file", .id)], required: ["file"], open: false)),
        output: described
    )
}
