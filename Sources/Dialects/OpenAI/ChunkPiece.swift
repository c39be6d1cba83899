/// One choice of one chunk on its way to the client: what it holds and what is to be done with it.
struct ChunkPiece {
    enum FinishEdit {
        case asStated, null
        case reason(FinishWord.Reason)
    }

    let members: ChunkMembers
    let choice: ChoiceMembers
    /// The choice's index, as stated or by position.
    let index: Int
    let finish: FinishWord
    var delta: DeltaReading?
    /// The tool fragments a client may see, in order.
    var fragments: [ToolFragment] = []
    /// Something to show.
    var isReal = false
    /// Bytes of text that a client gets to see.
    var shownBytes = 0
    var addsRole = false
    var dropsRole = false
    var finishEdit = FinishEdit.asStated

    init(members: ChunkMembers, choice: ChoiceMembers, index: Int, finish: FinishWord) {
        self.members = members
        self.choice = choice
        self.index = index
        self.finish = finish
    }

    /// The last one of its choice.
    var isLast: Bool { if case .reason = finish { true } else { false } }
}
