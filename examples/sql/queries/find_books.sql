-- name: find_books
-- description: Finds books by words of their title or by their author, oldest first.
-- param words text : words that the title holds
-- param author text : the whole name of the author
-- param not_before integer : year of the oldest book wanted
-- param limit integer(1..100) default 20 : books of one answer
-- param offset integer(0..10000) default 0 : books to pass over
-- page: offset :offset limit :limit

select id, title, author, year, price, copies
from books
where (:words is null or instr(lower(title), lower(:words)) > 0)
  and (:author is null or author = :author)
  and (:not_before is null or year >= :not_before)
order by year, id
limit :limit offset :offset
