-- name: lend_book
-- description: Lends a book to a member until a day.
-- param book bigint required : id of the book, as find_books gives it
-- param member bigint required : id of the member
-- param due date required : last day of the loan
-- writes

insert into loans(book, member, due) values (:book, :member, :due) returning id, due
